"""An HTTP proxy on a thread, on loopback, that lets clients through with CONNECT, and knows no other method.

    with Proxy(address="127.0.0.4", port=3128) as proxy:
        ...
        proxy.requests[-1].path                                     # "sts.eu-west-1.amazonaws.com:443"

It resolves names as the system does, or leads everybody to one place, and refuses through hooks like those of https_server.py:

    proxy.leads_to = ("127.0.0.2", 443)
    proxy.answers.append(lambda request: Response(403, b"Not from here"))
    proxy.answers.append(lambda request: request.connection.recv(1) and None)     # silence, until the client gives up
"""

import collections
import http.server
import select
import socket

from https_server import LoopbackServer, Request, take_hook


class Proxy(LoopbackServer):
    def __init__(self, port=0, address="127.0.0.1"):
        self.requests = []                   # every Request; `path` is where the client wants to be let through to
        self.answers = collections.deque()   # hooks for the next requests
        self.leads_to = None                 # (address, port) instead of where clients want to be let through to
        super().__init__(port, address)

    @property
    def url(self):
        return f"http://{self.address}:{self.port}"

    def converse(self, connection, client_address):
        with self.hung_up_at_the_end(connection):
            _Client(connection, client_address, self)


class _Client(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_CONNECT(self):
        self.close_connection = True
        proxy = self.server
        request = Request(self.command, self.path, "", self.headers, b"", self.connection)
        proxy.requests.append(request)
        hook = take_hook(proxy.answers)
        if hook is not None:
            answer = hook(request)
            self.connection.sendall(answer.wire() if answer else b"")
            return
        host, _, port = self.path.rpartition(":")
        with socket.create_connection(proxy.leads_to or (host, int(port))) as server:
            self.connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            _relay(self.connection, server)

    def log_message(self, *_):
        """Silent: tests look at `requests`."""


def _relay(*pair):
    """Carry bytes both ways until one side ends."""
    other = dict(zip(pair, reversed(pair)))
    while True:
        for source in select.select(pair, [], [])[0]:
            content = source.recv(1 << 16)
            if not content:
                return
            other[source].sendall(content)
