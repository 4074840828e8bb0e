"""An HTTPS server on a thread, on loopback: what the local identity provider and the local STS have in common.

It keeps every request for tests to look at, and lets them replace an answer, or break it, through one hook:

    server.answers.append(lambda request, answer: answer.replace("alice", "mallory"))
    server.answers.append(lambda request, answer: Response(302, headers={"Location": "https://elsewhere.example.com/"}))
    server.answers.append(lambda request, answer: request.connection.recv(1) and None)    # silence, until the client gives up
    ...
    server.requests[-1].octets["Policy"], server.requests[-1].sent.status

Each waiting hook takes one request other than HEAD (clients use HEAD to open a connection ahead of time). It gets the request and the answer that
would have been sent, and returns the Response to send instead; or None, once it has done with `request.connection` what it wanted: that is the
TLS socket itself, and the connection is closed afterwards.

What goes wrong earlier has a hook too, and the TLS of connections to come can be changed:

    server.arrivals.append(reset)        # takes one connection as it was accepted, before TLS; it is closed afterwards. None lets one pass.
    server.tls.load_cert_chain(*authority.server("expired", "localhost", valid_until=yesterday))
"""

import collections
import contextlib
import dataclasses
import email.message
import http.server
import select
import socket
import socketserver
import ssl
import struct
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
    sent: Response = None                    # what was sent in the end; None where a hook did that by itself

    @property
    def fields(self):
        """The pairs of the query and of a form in the body, in their order. ValueError where one is not UTF-8."""
        return self._pairs("utf-8")

    @property
    def parameters(self):
        return dict(self.fields)

    @property
    def octets(self):
        """The parameters as the bytes that came, with nothing taken off but the percent encoding."""
        return {name: value.encode("latin-1") for name, value in self._pairs("latin-1")}

    def _pairs(self, encoding):
        form = self.body if self.headers.get_content_type() == "application/x-www-form-urlencoded" else b""
        texts = [self.query, form.decode("ascii")]
        return [pair for text in texts for pair in urllib.parse.parse_qsl(text, keep_blank_values=True, encoding=encoding, errors="strict")]


class LoopbackServer:
    """Listens from its making on (so that `port` is known, also where 0 was asked for), and answers inside `with`, or from start() to stop()."""

    def __init__(self, port=0, address="127.0.0.1"):
        self.connections = 0                 # accepted, whether or not anything followed
        self.arrivals = collections.deque()  # hooks for the next connections, before anything is said
        self._listener = _Listener((address, port), self)
        self.address, self.port = self._listener.server_address
        # A short poll, because stop() waits for the end of one.
        self._thread = threading.Thread(target=self._listener.serve_forever, args=(0.02,), daemon=True)

    def converse(self, connection, client_address):
        """Speak with a client, on a thread of its own, until either is done. The connection is closed afterwards."""
        raise NotImplementedError

    def hung_up_at_the_end(self, connection):
        """with server.hung_up_at_the_end(socket): stop() shuts the socket down, so that nobody waits for it any longer."""
        return self._listener.hung_up_at_the_end(connection)

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


class HttpsServer(LoopbackServer):
    def __init__(self, certificate, port=0, address="127.0.0.1"):
        self.requests = []                   # every Request, in the order of their answers
        self.answers = collections.deque()   # hooks for the next requests
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.tls.minimum_version = ssl.TLSVersion.TLSv1_2
        self.tls.load_cert_chain(*certificate)
        super().__init__(port, address)

    def respond(self, request):
        """The server's own answer to a request."""
        raise NotImplementedError

    def converse(self, connection, client_address):
        with self.tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False) as secured, self.hung_up_at_the_end(secured):
            secured.do_handshake()
            _Connection(secured, client_address, self)


def take_hook(hooks):
    """The next of the hooks that wait, or None."""
    try:
        return hooks.popleft()
    except IndexError:
        return None


def reset(connection):
    """For arrivals: break the connection off with a reset, not with an end."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def drip(connection, content):
    """Send one byte a second, until the client goes away. What it has sent must have been read: its end is told by there being something again."""
    for byte in content:
        connection.sendall(bytes([byte]))
        if select.select([connection], [], [], 1)[0]:
            return


def url(host, port):
    """https://host[:port], without the port that https has anyway."""
    return f"https://{host}" if port == 443 else f"https://{host}:{port}"


class _Listener(socketserver.ThreadingTCPServer):
    """One thread for each connection; TLS is negotiated there, so that a slow client holds up nobody else."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address, owner):
        super().__init__(address, None)
        self._owner = owner
        self._lock = threading.Lock()
        self._open = set()
        self._hung_up = False

    def finish_request(self, request, client_address):
        with self._lock:
            self._owner.connections += 1
        # Without this every answer to libcurl waits 40 ms for a delayed acknowledgement.
        request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        hook = take_hook(self._owner.arrivals)
        if hook is None:
            self._owner.converse(request, client_address)
            return
        with self.hung_up_at_the_end(request):
            hook(request)

    @contextlib.contextmanager
    def hung_up_at_the_end(self, connection):
        with self._lock:
            if self._hung_up:
                raise ConnectionAbortedError("the server has stopped")
            self._open.add(connection)
        try:
            yield
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
        owner = self.server
        length = int(self.headers.get("Content-Length", 0))
        if self.headers.get("Transfer-Encoding") or length > MAX_BODY:
            self.close_connection = True
            self.wfile.write(Response(411 if length == 0 else 413, headers={"Connection": "close"}).wire())
            return
        path, _, query = self.path.partition("?")
        request = Request(self.command, path, query, self.headers, self.rfile.read(length), self.connection)
        answer = request.answer = owner.respond(request)
        owner.requests.append(request)
        hook = take_hook(owner.answers) if self.command != "HEAD" else None
        if hook is not None:
            answer = hook(request, answer)
        request.sent = answer
        if not answer:
            self.close_connection = True
            return
        if answer.headers.get("Connection", "").lower() == "close":
            self.close_connection = True
        self.wfile.write(answer.wire(with_body=self.command != "HEAD"))

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_OPTIONS = _exchange

    def log_message(self, *_):
        """Silent: tests look at `requests`."""
