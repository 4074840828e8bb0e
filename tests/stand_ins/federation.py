"""A local federation endpoint of the AWS Management Console: it gives sign-in tokens for the credentials of the local STS.

    with FederationEndpoint(["signin.aws.amazon.com"], 443, authority, sts) as federation:
        ...
        federation.requests[-1].parameters["SessionDuration"], federation.tokens[-1]
"""

import json
import secrets

from https_server import HttpsServer, Response

PATH = "/federation"
MIN_DURATION, MAX_DURATION = 900, 43200      # seconds


class FederationEndpoint(HttpsServer):
    """Knows the credentials that an STS has given. `tokens` are the sign-in tokens, in their order."""

    def __init__(self, hosts, port, authority, sts, address="127.0.0.1"):
        super().__init__(authority.server("federation", *hosts), port, address)
        self.tokens = []
        self._sts = sts

    def respond(self, request):
        parameters = request.parameters
        if request.path != PATH or parameters.get("Action") != "getSigninToken":
            return Response(400, b"there is nothing else here")
        if not MIN_DURATION <= int(parameters.get("SessionDuration", MIN_DURATION)) <= MAX_DURATION:
            return Response(400, b"SessionDuration is out of range")
        session = json.loads(parameters["Session"])
        given = [{"sessionId": credentials.access_key_id, "sessionKey": credentials.secret_access_key, "sessionToken": credentials.session_token}
                 for credentials in (getattr(answer.answer, "credentials", None) for answer in self._sts.requests) if credentials]
        if session not in given:
            return Response(403, b"these are no credentials")
        self.tokens.append(secrets.token_urlsafe(60) + "+/=")
        return Response(200, json.dumps({"SigninToken": self.tokens[-1]}).encode(), {"Content-Type": "application/json"})
