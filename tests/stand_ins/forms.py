"""The forms in which STS-compatible servers write an answer: what AWS's STS says, said otherwise.

    sts.answers.append(forms.hook(forms.without_namespace, forms.reordered))                     # this STS's own answer, in another form
    sts.answers.append(forms.hook(forms.bare, of=error("AccessDenied", "Nobody reads this")))

A form takes an Answer and gives another, whose code, message, credentials and request_id are what a client should make of it. Forms of the text
come behind those of its elements.
"""

import codecs
import dataclasses
import re
import uuid
from xml.dom import minidom
from xml.sax.saxutils import unescape

SERVERS_OWN_ID_HEADER = "x-amz-request-id"


def hook(*forms, of=None):
    """A hook for sts.answers: the answer, or `of` in its place, in all of these forms, one applied after the other."""
    def answer_in_form(request, answer):
        answer = of or answer
        for form in forms:
            answer = form(answer)
        return answer

    return answer_in_form


# The elements.

def without_namespace(answer):
    def change(root):
        root.removeAttribute("xmlns")

    return _changed(answer, change)


def prefixed(answer):
    """The namespace by a prefix, which stands before every name."""
    def change(root):
        root.setAttribute("xmlns:sts", root.getAttribute("xmlns"))
        root.removeAttribute("xmlns")
        for element in _elements(root):
            element.tagName = element.nodeName = f"sts:{element.tagName}"

    return _changed(answer, change)


def reordered(answer):
    """All children in the opposite order."""
    def change(root):
        for element in _elements(root):
            element.childNodes.reverse()

    return _changed(answer, change)


def with_more(answer):
    """Elements that AWS does not have, and some of AWS's where they mean nothing."""
    def change(root):
        for element in [each for each in _elements(root) if each.getElementsByTagName("*")]:
            for name in ["HostId"] + ["Code", "Arn", "SessionToken"] * (element is root and root.tagName != "Error"):
                stray = element.insertBefore(root.ownerDocument.createElement(name), element.firstChild)
                stray.appendChild(root.ownerDocument.createTextNode("NotThisOne"))

    return _changed(answer, change)


def with_assume_role_id(answer):
    """AssumedRoleId by the name that some servers give it."""
    def change(root):
        for element in root.getElementsByTagName("AssumedRoleId"):
            element.tagName = element.nodeName = "AssumeRoleId"

    return _changed(answer, change)


def with_empty_assumed_role_id(answer):
    return _changed(answer, lambda root: _set_text(root, "AssumedRoleId", ""))


def without_assumed_role_id(answer):
    return _changed(answer, lambda root: _remove(root, "AssumedRoleId"))


def with_nine_decimals(answer):
    """The expiration with its nanoseconds."""
    expiration = answer.credentials.expiration.replace("Z", ".123456789Z")
    credentials = dataclasses.replace(answer.credentials, expiration=expiration)
    return _changed(answer, lambda root: _set_text(root, "Expiration", expiration), credentials=credentials)


def with_short_key_id(answer):
    """A key id of 19 characters, in upper and lower case."""
    key_id = answer.credentials.access_key_id.swapcase()[:9] + answer.credentials.access_key_id[9:19]
    credentials = dataclasses.replace(answer.credentials, access_key_id=key_id)
    return _changed(answer, lambda root: _set_text(root, "AccessKeyId", key_id), credentials=credentials)


def from_provider(name):
    """A form: Provider is this name."""
    return lambda answer: _changed(answer, lambda root: _set_text(root, "Provider", name))


def bare(answer):
    """An error that is not wrapped, with an empty message and the request's id inside. AWS's own clients find no code in it."""
    def change(root):
        _set_text(root, "Message", "")
        [error], [request_id] = root.getElementsByTagName("Error"), root.getElementsByTagName("RequestId")
        _remove(root, "Type")
        error.appendChild(request_id)
        root.ownerDocument.replaceChild(error, root)

    return _changed(answer, change, message="")


def bare_with_message(answer):
    """As bare(), but the message is there."""
    return dataclasses.replace(_changed(bare(answer), lambda root: _set_text(root, "Message", answer.message)), message=answer.message)


def without_message(answer):
    return _changed(answer, lambda root: _remove(root, "Message"), message=None)


# The request's id.

def with_id_in_error(answer):
    """RequestId inside Error, and not beside it."""
    def change(root):
        [error], [request_id] = root.getElementsByTagName("Error"), root.getElementsByTagName("RequestId")
        error.appendChild(request_id)

    return _changed(answer, change)


def with_id_in_header(answer):
    """No ResponseMetadata, no RequestId: there is AWS's header alone."""
    return _changed(answer, _remove_request_id)


def with_id_in_servers_own_header(answer):
    """The same, but the header is another, with an id that is no UUID."""
    request_id = f"tx{uuid.uuid4().hex}-default"
    headers = {name: value for name, value in answer.headers.items() if name != "x-amzn-RequestId"}
    return _changed(answer, _remove_request_id, headers=headers | {SERVERS_OWN_ID_HEADER: request_id}, request_id=request_id)


def without_id(answer):
    """Nothing at all names the request."""
    headers = {name: value for name, value in answer.headers.items() if name != "x-amzn-RequestId"}
    return _changed(answer, _remove_request_id, headers=headers, request_id=None)


def with_two_ids(answer):
    """Every place has an id of its own; the XML's is the one that counts."""
    return dataclasses.replace(answer, headers=answer.headers | {"x-amzn-RequestId": str(uuid.uuid4()), SERVERS_OWN_ID_HEADER: uuid.uuid4().hex})


# The text.

def compact(answer):
    """No line ends and blanks between the elements."""
    return dataclasses.replace(answer, body=re.sub(rb">\s+<", b"><", answer.body.strip()))


def written(answer):
    """With an XML declaration, comments between the elements, and CDATA for every first half of a text."""
    def change(root):
        document = root.ownerDocument
        for element in _elements(root):
            if element.getElementsByTagName("*"):
                element.insertBefore(document.createComment(" <Code>NotThisOne</Code> "), element.firstChild)
                element.appendChild(document.createComment(" and on "))
            elif element.firstChild:
                text = element.firstChild.data
                element.insertBefore(document.createCDATASection(text[:len(text) // 2]), element.firstChild)
                element.lastChild.data = text[len(text) // 2:]

    answer = _changed(answer, change)
    beginning, end = b'<?xml version="1.0" encoding="UTF-8"?>\n<!-- A declaration. -->\n', b"<!-- The end. -->\n"
    return dataclasses.replace(answer, body=beginning + answer.body + end)


def with_byte_order_mark(answer):
    return dataclasses.replace(answer, body=codecs.BOM_UTF8 + answer.body)


def with_references(answer):
    """Every character of a text as a reference by its number."""
    def references(match):
        text = unescape(match[1].decode(), {"&quot;": '"'})
        return f">{''.join(f'&#{ord(each)};' if index % 2 else f'&#x{ord(each):X};' for index, each in enumerate(text))}<".encode()

    return dataclasses.replace(answer, body=re.sub(rb">([^<>]*[^<>\s][^<>]*)<", references, answer.body))


def _changed(answer, change, **meaning):
    """The answer with its tree changed by change(root), and with what that means to a client."""
    with minidom.parseString(answer.body) as document:
        before = document.documentElement.toxml()
        change(document.documentElement)
        after = document.documentElement.toxml()
    if after == before:
        raise ValueError(f"the form changes nothing of {answer.body!r}")
    return dataclasses.replace(answer, body=after.encode(), **meaning)


def _elements(root):
    return [root, *root.getElementsByTagName("*")]


def _set_text(root, name, text):
    [element] = root.getElementsByTagName(name)
    for child in list(element.childNodes):
        element.removeChild(child)
    element.appendChild(root.ownerDocument.createTextNode(text))


def _remove(root, name):
    [element] = root.getElementsByTagName(name)
    element.parentNode.removeChild(element)


def _remove_request_id(root):
    _remove(root, "ResponseMetadata" if root.getElementsByTagName("ResponseMetadata") else "RequestId")
