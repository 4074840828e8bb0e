"""The module's configuration file, written from a dictionary: /etc/security/pam_aws_oidc.conf in libconfig's syntax."""

PATH = "/etc/security/pam_aws_oidc.conf"


def text(settings):
    """The file for a dictionary of top-level settings.

    A dictionary becomes a group, a list of scalars of one type an array, and any other list a list."""
    return "".join(f"{name} = {_value(value)};\n" for name, value in settings.items())


def _value(value):
    if isinstance(value, dict):
        return "{ " + " ".join(f"{name} = {_value(each)};" for name, each in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        is_list = any(isinstance(each, dict) for each in value) or len({type(each) for each in value}) > 1
        opening, closing = "()" if is_list else "[]"
        return f"{opening} " + ", ".join(_value(each) for each in value) + f" {closing}"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
