"""The one text of a JSON value: keys sorted by UTF-16 code unit, numbers as ECMAScript writes them (RFC 8785)."""

from __future__ import annotations

import json
import math
import re
from typing import Any

_SURROGATE = re.compile("[\ud800-\udfff]")
_FLOAT = re.compile(r"^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$")


def paired(text: str) -> str:
    """`text` with surrogate halves that belong together joined into one character."""
    if _SURROGATE.search(text) is None:
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def number_text(value: float) -> str:
    """A finite number as ECMAScript's Number::toString writes it."""
    if value == 0:
        return "0"
    sign, whole, fraction, exponent = _FLOAT.match(repr(float(value))).groups()
    fraction = fraction or ""
    digits = (whole + fraction).lstrip("0")
    leading_zeros = len(whole + fraction) - len(digits)
    point = len(whole) - leading_zeros + int(exponent or 0)
    return sign + _placed(digits.rstrip("0"), point)


def _placed(digits: str, point: int) -> str:
    """`digits` with the decimal point after `point` of them, in ECMAScript's choice of notation."""
    count = len(digits)
    if count <= point <= 21:
        return digits + "0" * (point - count)
    if 0 < point <= 21:
        return digits[:point] + "." + digits[point:]
    if -6 < point <= 0:
        return "0." + "0" * -point + digits
    mantissa = digits if count == 1 else digits[0] + "." + digits[1:]
    power = point - 1
    return f"{mantissa}e{'+' if power >= 0 else '-'}{abs(power)}"


def canonical_json(value: Any) -> str:
    """The canonical text of any JSON value.

    Numbers are doubles, as in JSON's other readers; a number that is not finite counts as null, as JSON has no
    text for it. Values of other types (a numpy array, a date out of a parquet file) count as what they convert to.
    """
    if value is None or value is True or value is False:
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, (int, float)):
        return _number(value)
    if isinstance(value, dict):
        named = {paired(str(key)): member for key, member in value.items()}
        keys = sorted(named, key=lambda key: key.encode("utf-16-be", "surrogatepass"))
        return "{" + ",".join(f"{_string(key)}:{canonical_json(named[key])}" for key in keys) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(map(canonical_json, value)) + "]"
    return canonical_json(value.tolist() if hasattr(value, "tolist") else str(value))


def _number(value: Any) -> str:
    try:
        as_double = float(value)
    except OverflowError:
        return "null"
    return number_text(as_double) if math.isfinite(as_double) else "null"


def _string(text: str) -> str:
    quoted = json.dumps(paired(text), ensure_ascii=False)
    return _SURROGATE.sub(lambda half: f"\\u{ord(half.group()):04x}", quoted)
