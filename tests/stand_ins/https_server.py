"""An HTTPS server on a thread, on loopback: what the local identity provider and the local STS have in common.

It keeps every request for tests to look at, and lets them replace an answer, or break it, through one hook:

    server.answers.append(lambda request, answer: answer.replace("alice", "mallory"))
    server.answers.append(lambda request, answer: Response(302, headers={"Location": "https://elsewhere.example.com/"}))
    server.answers.append(lambda request, answer: request.connection.recv(1) and None)    # silence, until the client gives up

Each waiting hook takes one request other than HEAD (clients use HEAD to open a connection ahead of time). It gets the request and the answer that
would have been sent, and returns the Response to send instead; or None, once it has done with `request.connection` what it wanted: that is the
TLS socket itself, and the connection is closed afterwards.
"""

import collections
import dataclasses
import email.message
import http.server
import socket
import socketserver
import ssl
import sys
import threading
import urllib.parse

MAX_BODY = 1 << 20


@dataclasses.dataclass
class Response:
    status: int
    body: bytes = b""
    headers: dict = dataclasses.field(default_factory=dict)

    def replace(self, old, new):
        """The same response with a text of its body replaced. The text must be there: a hook that changes nothing would prove nothing."""
        if old.encode() not in self.body:
            raise ValueError(f"{old!r} is not in the answer {self.body!r}")
        return dataclasses.replace(self, body=self.body.replace(old.encode(), new.encode()))

    def wire(self, with_body=True):
        """The bytes that go over the connection. A Content-Length or Transfer-Encoding among the headers is left as it is."""
        try:
            reason = http.HTTPStatus(self.status).phrase
        except ValueError:
            reason = "Unknown"
        headers = dict(self.headers)
        if not {"content-length", "transfer-encoding"} & {name.lower() for name in headers}:
            headers["Content-Length"] = len(self.body)
        lines = [f"HTTP/1.1 {self.status} {reason}", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
        return "\r\n".join(lines).encode("latin-1") + (self.body if with_body else b"")


@dataclasses.dataclass
class Request:
    method: str
    path: str                                # without the query
    query: str
    headers: email.message.Message           # names compare without case
    body: bytes
    connection: ssl.SSLSocket = dataclasses.field(repr=False)
    answer: Response = None                  # the server's own answer, before a hook

    @property
    def fields(self):
        """The pairs of the query and of a form in the body, in their order. ValueError where one is not UTF-8."""
        form = self.body if self.headers.get_content_type() == "application/x-www-form-urlencoded" else b""
        texts = [self.query, form.decode("ascii")]
        return [pair for text in texts for pair in urllib.parse.parse_qsl(text, keep_blank_values=True, errors="strict")]

    @property
    def parameters(self):
        return dict(self.fields)


class HttpsServer:
    """Listens from its making on (so that `port` is known, also where 0 was asked for), and answers inside `with`, or from start() to stop()."""

    def __init__(self, certificate, port=0, address="127.0.0.1"):
        self.requests = []                   # every Request, in the order of their answers
        self.connections = 0                 # accepted, whether or not TLS and HTTP followed
        self.answers = collections.deque()   # hooks for the next requests
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.minimum_version = ssl.TLSVersion.TLSv1_2
        self._tls.load_cert_chain(*certificate)
        self._listener = _Listener((address, port), _Connection)
        self._listener.owner = self
        self.port = self._listener.server_address[1]
        # A short poll, because stop() waits for the end of one.
        self._thread = threading.Thread(target=self._listener.serve_forever, args=(0.1,), daemon=True)

    def respond(self, request):
        """The server's own answer to a request."""
        raise NotImplementedError

    def start(self):
        self._thread.start()
        return self

    def stop(self):
        """Stop listening, and hang up on every client: also on one that a hook keeps waiting."""
        self._listener.shutdown()
        self._listener.server_close()
        self._listener.hang_up()
        self._thread.join()

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()


def url(host, port):
    """https://host[:port], without the port that https has anyway."""
    return f"https://{host}" if port == 443 else f"https://{host}:{port}"


class _Listener(socketserver.ThreadingTCPServer):
    """One thread for each connection; TLS is negotiated there, so that a slow client holds up nobody else."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self._lock = threading.Lock()
        self._open = set()
        self._hung_up = False

    def finish_request(self, request, client_address):
        with self.owner._tls.wrap_socket(request, server_side=True, do_handshake_on_connect=False) as connection:
            with self._lock:
                self.owner.connections += 1
                if self._hung_up:
                    return
                self._open.add(connection)
            try:
                # Without this every answer to libcurl waits 40 ms for a delayed acknowledgement.
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                connection.do_handshake()
                self.RequestHandlerClass(connection, client_address, self)
            finally:
                with self._lock:
                    self._open.discard(connection)

    def hang_up(self):
        with self._lock:
            self._hung_up = True
            for connection in self._open:
                try:
                    # The plain socket's method: SSLSocket's own would take the TLS state away under the thread that is using it.
                    socket.socket.shutdown(connection, socket.SHUT_RDWR)
                except OSError:
                    pass

    def handle_error(self, request, client_address):
        """A client that hangs up or rejects our certificate is a test's business; anything else is a mistake in here, and is shown."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class _Connection(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _exchange(self):
        owner = self.server.owner
        length = int(self.headers.get("Content-Length", 0))
        if self.headers.get("Transfer-Encoding") or length > MAX_BODY:
            self.close_connection = True
            self.wfile.write(Response(411 if length == 0 else 413, headers={"Connection": "close"}).wire())
            return
        path, _, query = self.path.partition("?")
        request = Request(self.command, path, query, self.headers, self.rfile.read(length), self.connection)
        answer = request.answer = owner.respond(request)
        owner.requests.append(request)
        if self.command != "HEAD":
            try:
                hook = owner.answers.popleft()
            except IndexError:
                pass
            else:
                answer = hook(request, answer)
        if answer is None:
            self.close_connection = True
            return
        if answer.headers.get("Connection", "").lower() == "close":
            self.close_connection = True
        self.wfile.write(answer.wire(with_body=self.command != "HEAD"))

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_OPTIONS = _exchange

    def log_message(self, *_):
        """Silent: tests look at `requests`."""
