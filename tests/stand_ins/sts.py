"""A local STS that answers AssumeRoleWithWebIdentity as AWS does: the same checks, codes and XML.

Tests and the demo run against it, and the AWS CLI is run against it too (test_sts_with_aws_cli.py), so that it is AWS's client that says what it
is worth.

    with SecurityTokenService(["sts.eu-west-1.amazonaws.com"], 443, authority, iam) as sts:
        sts.clock = lambda: 1_700_000_000           # frozen
        ...
        sts.requests[-1].parameters["RoleSessionName"], sts.requests[-1].answer.credentials

Credentials are made from the request's parameters and a seed: whoever sends the same parameters gets the same credentials. https_server.py tells
how to replace or break the next answer; error() makes the answers that this STS would not give by itself, such as Throttling.
"""

import base64
import dataclasses
import hashlib
import hmac
import json
import re
import time
import uuid
import zlib
from xml.sax.saxutils import escape

from https_server import HttpsServer, Response, url
from iam import ASSUME, SET_SOURCE_IDENTITY, TAG_SESSION
from web_identity import Refused, Verifier

NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/"
VERSION = "2011-06-15"
MAX_PLAINTEXT = 2048                         # characters of inline and managed policies together
MAX_POLICY_ARNS = 10

# What AWS packs session policies and tags into is not published. This allots them so little that 2048 characters without repetition are too much.
PACKED_SPACE = 640

# The HTTP status of each code that is not 400; those of the action and those common to all are in the API reference.
STATUS = {"AccessDenied": 403, "IDPRejectedClaim": 403, "RegionDisabledException": 403, "MalformedQueryString": 404,
          "InternalFailure": 500, "ServiceUnavailable": 503}

# (parameter, name in messages, shortest, longest, pattern, what the pattern is called). Lengths and patterns are the API reference's.
PRINTABLE = "[\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]+"
LIMITS = [
    ("RoleArn", "roleArn", 20, 2048, PRINTABLE, "[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u0085\\u00A0-\\uD7FF\\uE000-\\uFFFD\\u10000-\\u10FFFF]+"),
    ("RoleSessionName", "roleSessionName", 2, 64, r"[\w+=,.@-]*", "[\\w+=,.@-]*"),
    ("WebIdentityToken", "webIdentityToken", 4, 20000, None, None),
    ("ProviderId", "providerId", 4, 2048, None, None),
    ("Policy", "policy", 1, 2048, "[\t\n\r\x20-\xff]+", "[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+"),
]
REQUIRED = ("RoleArn", "RoleSessionName", "WebIdentityToken")
MIN_DURATION, MAX_DURATION = 900, 43200      # seconds

# What stands before a name in an ARN of IAM: a slash, or a path of up to 512 characters (IAM's API reference, CreateRole, Path).
IAM_PATH = "/(?:[!-~]{1,510}/)?"


@dataclasses.dataclass
class Credentials:
    access_key_id: str
    secret_access_key: str
    session_token: str
    expiration: str


@dataclasses.dataclass
class Answer(Response):
    """A response, with what it means: AWS's error code and message, or else the credentials that it grants; and the request's id."""
    code: str = ""
    message: str = None
    credentials: Credentials = None
    request_id: str = None


class SecurityTokenService(HttpsServer):
    """Serves under each of the host names; `endpoint` has the first.

    `region` is the one it stands for where the host's name does not tell. `resolve` says where hosts of identity providers really listen,
    {host: (address, port)}, for those that the system's resolver does not know. `certificate` (certificate path, key path) is for a test that
    wants a wrong one."""

    def __init__(self, hosts, port, authority, iam, region="us-east-1", resolve=None, seed=b"", certificate=None, address="127.0.0.1"):
        super().__init__(certificate or authority.server("sts", *hosts), port, address)
        self.endpoint = url(hosts[0], self.port)
        self.clock = time.time               # seconds; replaceable
        self.iam = iam
        self.verifier = Verifier(iam, authority, resolve or {})
        self._region = region
        self._seed = seed

    def respond(self, request):
        try:
            fields = request.fields
        except ValueError:
            return error("MalformedQueryString", "The request is not valid UTF-8 in percent encoding")
        parameters = dict(fields)
        if len(parameters) != len(fields):
            return error("MalformedQueryString", "A parameter comes twice")
        if request.path != "/":
            return error("InvalidAction", f"There is nothing at {request.path}")
        if not parameters and request.method in ("GET", "HEAD"):
            return Answer(302, b"", {"Location": "https://aws.amazon.com/iam"})
        if "Action" not in parameters:
            return error("MissingAction", "The request names no action")
        action, version = parameters["Action"], parameters.get("Version", "NO_VERSION_SPECIFIED")
        if (action, version) != ("AssumeRoleWithWebIdentity", VERSION):
            return error("InvalidAction", f"Could not find operation {action} for version {version}")
        named = re.match(r"sts(?:-fips)?\.([a-z]+(?:-[a-z]+)+-[0-9]+)\.", request.headers.get("Host", ""))
        try:
            return self._assume_role_with_web_identity(parameters, named.group(1) if named else self._region)
        except Refused as refused:
            return error(refused.code, refused.message)

    def _assume_role_with_web_identity(self, parameters, region):
        policy_arns = _validate(parameters)
        now = int(self.clock())
        duration = int(parameters.get("DurationSeconds", 3600))
        session = parameters["RoleSessionName"]
        partition, account = _match_arn(rf"arn:(aws[a-z-]*):iam::(\d{{12}}):role{IAM_PATH}[\w+=,.@-]{{1,64}}", parameters["RoleArn"])
        for arn in policy_arns:
            _match_arn(rf"arn:{partition}:iam::(?:aws|{account}):policy{IAM_PATH}[\w+=,.@-]{{1,128}}", arn)
        if region in self.iam.disabled_regions.get(account, []):
            raise Refused("RegionDisabledException", f"STS is not activated in the region {region} for account {account}")

        if "ProviderId" in parameters:
            identity = self.verifier.access_token(parameters["ProviderId"], parameters["WebIdentityToken"])
        else:
            identity = self.verifier.id_token(account, parameters["WebIdentityToken"], now)
        role = self.iam.role(parameters["RoleArn"])
        _authorize(role, identity, session)
        if duration > role.max_session_duration:
            raise Refused("ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
        _check_policies(parameters.get("Policy"), policy_arns)
        packed = packed_size(parameters.get("Policy"), policy_arns, identity.tags)
        if packed is not None and packed > 100:
            raise Refused("PackedPolicyTooLarge", f"Packed size of session policies and tags consumes {packed}% of allotted space.")

        credentials = self._credentials(parameters, now + duration)
        members = [("Audience", identity.audience),
                   ("AssumedRoleUser", [("AssumedRoleId", f"{role.unique_id}:{session}"),
                                        ("Arn", f"arn:{partition}:sts::{account}:assumed-role/{role.name}/{session}")]),
                   ("Provider", identity.principal)]
        if identity.source_identity is not None:
            members.append(("SourceIdentity", identity.source_identity))
        if packed is not None:
            members.append(("PackedPolicySize", str(packed)))
        members += [("Credentials", [("AccessKeyId", credentials.access_key_id), ("SecretAccessKey", credentials.secret_access_key),
                                     ("SessionToken", credentials.session_token), ("Expiration", credentials.expiration)]),
                    ("SubjectFromWebIdentityToken", identity.subject)]
        request_id = str(uuid.uuid4())
        body = _xml("AssumeRoleWithWebIdentityResponse", [("AssumeRoleWithWebIdentityResult", members),
                                                          ("ResponseMetadata", [("RequestId", request_id)])])
        return Answer(200, body, _headers(request_id), credentials=credentials, request_id=request_id)

    def _credentials(self, parameters, expires):
        """Credentials that depend on the seed and on what the parameters mean: a default that is spelled out makes no difference."""
        meaning = sorted((parameters | {"DurationSeconds": str(int(parameters.get("DurationSeconds", 3600)))}).items())
        key = hmac.digest(self._seed, json.dumps(meaning).encode(), hashlib.sha256)

        def derive(label, size):
            blocks = (hmac.digest(key, b"%s %d" % (label, number), hashlib.sha256) for number in range(size // 32 + 1))
            return b"".join(blocks)[:size]

        # The token begins with bytes that come out as "+" and "/", and has a length that leaves "=" at its end: all three want care in a client.
        return Credentials(
            access_key_id="ASIA" + base64.b32encode(derive(b"id", 10)).decode("ascii"),
            secret_access_key=base64.b64encode(derive(b"secret", 30)).decode("ascii"),
            session_token=base64.b64encode(b"\xfb\xef\xff\xff" + derive(b"token", 330)).decode("ascii"),
            expiration=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(expires)),
        )


def error(code, message, status=None):
    """AWS's error answer for a code; its status is the one that AWS gives it, unless another is asked for."""
    status = status or STATUS.get(code, 400)
    request_id = str(uuid.uuid4())
    members = [("Type", "Receiver" if status >= 500 else "Sender"), ("Code", code), ("Message", message)]
    body = _xml("ErrorResponse", [("Error", members), ("RequestId", request_id)])
    return Answer(status, body, _headers(request_id), code=code, message=message, request_id=request_id)


def _headers(request_id):
    return {"x-amzn-RequestId": request_id, "Content-Type": "text/xml"}


def _xml(name, members):
    def element(name, content, indent, attributes=""):
        if isinstance(content, str):
            return f"{indent}<{name}>{escape(content)}</{name}>\n"
        inside = "".join(element(*each, indent + "  ") for each in content)
        return f"{indent}<{name}{attributes}>\n{inside}{indent}</{name}>\n"

    return element(name, members, "", f' xmlns="{NAMESPACE}"').encode()


def _validate(parameters):
    """Refuse parameters outside the API's limits, all of them in one message as AWS does. Gives the ARNs of managed policies."""
    arns = sorted((int(match.group(1)), value) for name, value in parameters.items()
                  if (match := re.fullmatch(r"PolicyArns\.member\.([0-9]{1,4})\.arn", name)))
    arn_limits = [(f"PolicyArns.member.{number}.arn", f"policyArns.{number}.member.arn", 20, 2048, PRINTABLE, LIMITS[0][5]) for number, _ in arns]
    findings = []
    for name, member, shortest, longest, pattern, shown in LIMITS + arn_limits:
        value = parameters.get(name)
        if value is None:
            if name in REQUIRED:
                findings.append(f"Value null at '{member}' failed to satisfy constraint: Member must not be null")
            continue
        rules = [(len(value) < shortest, f"Member must have length greater than or equal to {shortest}"),
                 (len(value) > longest, f"Member must have length less than or equal to {longest}"),
                 (pattern and not re.fullmatch(pattern, value, re.ASCII), f"Member must satisfy regular expression pattern: {shown}")]
        findings += [f"Value at '{member}' failed to satisfy constraint: {rule}" for broken, rule in rules if broken]
    if len(arns) > MAX_POLICY_ARNS:
        findings.append(f"Value at 'policyArns' failed to satisfy constraint: Member must have length less than or equal to {MAX_POLICY_ARNS}")
    duration = parameters.get("DurationSeconds", "3600")
    if not re.fullmatch(r"[0-9]{1,9}", duration):
        findings.append("Value at 'durationSeconds' failed to satisfy constraint: Member must be an integer")
    elif int(duration) < MIN_DURATION:
        findings.append(f"Value at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to {MIN_DURATION}")
    elif int(duration) > MAX_DURATION:
        findings.append(f"Value at 'durationSeconds' failed to satisfy constraint: Member must have value less than or equal to {MAX_DURATION}")
    if findings:
        raise Refused("ValidationError", f"{len(findings)} validation error{'s' * (len(findings) > 1)} detected: {'; '.join(findings)}")
    return [arn for _, arn in arns]


def _match_arn(pattern, arn):
    match = re.fullmatch(pattern, arn, re.ASCII)
    if not match:
        raise Refused("ValidationError", f"{arn} is invalid")
    return match.groups()


def _authorize(role, identity, session):
    """Refuse what the role's trust policy does not allow. AWS says the same of a role that does not exist."""
    context = identity.context | {"sts:rolesessionname": [session]}
    actions = [ASSUME]
    if identity.source_identity is not None:
        context["sts:sourceidentity"] = [identity.source_identity]
        actions.append(SET_SOURCE_IDENTITY)
    if identity.tags:
        context["aws:tagkeys"] = list(identity.tags)
        context |= {f"aws:requesttag/{key.lower()}": [value] for key, value in identity.tags.items()}
        actions.append(TAG_SESSION)
    for action in actions:
        if role is None or not role.trusts(identity.principal, action, context):
            raise Refused("AccessDenied", f"Not authorized to perform {action}")


def packed_size(policy, policy_arns=(), tags=None):
    """How many percent of their space session policies and tags take, which may be more than there is; None without any."""
    tags = tags or {}
    if policy is None and not policy_arns and not tags:
        return None
    packed = zlib.compress("\n".join([policy or "", *policy_arns, *(f"{key}={value}" for key, value in tags.items())]).encode(), 9)
    return -(-100 * len(packed) // PACKED_SPACE)


def _check_policies(policy, policy_arns):
    """Refuse session policies that cannot be meant."""
    if policy is not None:
        _check_policy(policy)
    if len(policy or "") + sum(map(len, policy_arns)) > MAX_PLAINTEXT:
        raise Refused("ValidationError", f"Inline and managed session policies have more than {MAX_PLAINTEXT} characters together")


def _check_policy(text):
    """Refuse a session policy that is no policy document. A session policy names no principal."""
    malformed = Refused("MalformedPolicyDocument", "Syntax errors in policy.")
    try:
        policy = json.loads(text)
    except (ValueError, RecursionError) as failure:
        raise Refused("MalformedPolicyDocument", "The policy is not in the valid JSON format.") from failure
    if not isinstance(policy, dict) or set(policy) - {"Version", "Id", "Statement"}:
        raise malformed
    if policy.get("Version", "2008-10-17") not in ("2008-10-17", "2012-10-17"):
        raise malformed
    statements = policy.get("Statement")
    statements = [statements] if isinstance(statements, dict) else statements
    if not isinstance(statements, list) or not statements:
        raise malformed
    for each in statements:
        if not isinstance(each, dict) or each.get("Effect") not in ("Allow", "Deny") or \
                set(each) - {"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"} or \
                ("Action" in each) == ("NotAction" in each) or ("Resource" in each) == ("NotResource" in each):
            raise malformed
