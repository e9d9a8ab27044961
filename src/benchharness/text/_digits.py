"""Numbers written in digits, with what may follow them in either language."""

import re
from fractions import Fraction

from benchharness.text._chinese import after_amount, read_mixed
from benchharness.text._english import AND_A_HALF, SCALES
from benchharness.text._reading import DIGITS, Reading, digits_value, with_percent

# Latin, Greek and Cyrillic letters. Chinese characters may touch a number without being part of a name with it.
LETTERS = "A-Za-z\u00aa\u00ba\u00c0-\u024f\u0370-\u03ff\u0400-\u04ff"

# Letters that may touch a number: units of measure and currencies. 3D, 2x and 7B are names or expressions.
_UNIT_NAMES = (
    "kg g mg ug t lb lbs oz km m dm cm mm nm um ft in mi yd l L ml mL dl cl h hr hrs min mins s sec secs ms us ns"
    " am pm AM PM W kW MW kWh Wh J kJ cal kcal V mV mA Ah mAh Hz kHz MHz GHz KB MB GB TB kb Mb Gb bit bits"
    " Pa kPa MPa bar N kN mol rad deg px pt ppm dB C F USD RMB CNY EUR GBP HKD JPY yuan cc ha mph kmh"
)
_UNITS = frozenset(_UNIT_NAMES.split())

_NUMBER = re.compile(DIGITS)
_VERSION = re.compile(r"\.[0-9][0-9.]*")
_FRACTION = re.compile(rf"(?:(?P<whole>[0-9]++)(?: {{1,2}}|又))?(?P<top>{DIGITS}) ?/ ?(?P<base>{DIGITS})")
_DATE = re.compile(r"[0-9]++/[0-9]++(?:/[0-9]++)+")
_LATEX_FRACTION = re.compile(
    rf"(?P<whole>[0-9]+)? ?\\[dtc]?frac ?"
    rf"(?:\{{ ?(?P<top>-?{DIGITS}) ?\}} ?\{{ ?(?P<base>{DIGITS}) ?\}}|(?P<digits>[0-9]{{2}})(?![0-9]))"
)
_LATEX_COMMAND = re.compile(r"\\[dtc]?frac")
_TEN_TO_THE = (
    r"10 ?(?:(?:\^|\*\*) ?(?P<brace>[{(] ?)?(?P<caret>[-−+]?[0-9]{1,3})(?(brace) ?[})])"
    r"|(?P<raised>[⁻⁺]?[⁰¹²³⁴-⁹]{1,3}))"
)
_SCIENTIFIC = re.compile(
    rf"(?:(?P<digits>{DIGITS}) ?[×xX*·] {{0,6}})?{_TEN_TO_THE}"
    rf"|(?P<short>{DIGITS})[eE](?P<e>[-−+]?[0-9]{{1,3}})"
)
_RAISED = str.maketrans("⁻⁺⁰¹²³⁴⁵⁶⁷⁸⁹−", "-+0123456789-")
_POWER = re.compile(rf" ?\^ ?[{{(]?[-−+]?[0-9{LETTERS}]+[)}}]?|\*\*\(?[0-9]+|[⁰¹²³⁴-⁹⁻ⁿ]+")
_ORDINAL = re.compile(r"(?:st|nd|rd|th)\b")
_ATTACHED = re.compile(rf"[{LETTERS}]+")
_NAME = re.compile(rf"[{LETTERS}_√][0-9{LETTERS}_√]*")
_COMPOUND = re.compile(r"-[A-Za-z]{2,}")
_SCALE = re.compile(rf"[ -]?(?P<scale>{'|'.join(SCALES)})\b", re.IGNORECASE)
_PER_MILLE = re.compile(r" ?‰")
_SIGN = re.compile(r"[-−+](?: ?[$¥€£] ?)?")
# 5-3 and 10元-3元 subtract; in "5 -3" the space says that the sign belongs to the number.
_MINUEND = re.compile(r"(?:[0-9)\]}%][^\W\d是为得于等或和与及到至]{0,3}|[A-Za-z°²³])$")
_NOT_A_QUANTITY = re.compile(rf"(?:\^[{{(]?|√[{{(]?|[{LETTERS}][{{]|[{LETTERS})}}\]]_)[-−+]?$")
_LARGEST_EXPONENT = 99


def read_digits(text: str, place: int) -> Reading | None:
    """Read the number in digits, or the LaTeX fraction, that begins at ``place``, with its sign.

    ``text`` is normalised and freed of LaTeX commands but fractions. ``None`` if the sign at ``place`` is an
    operation and belongs to no number.
    """
    sign = _SIGN.match(text, place)
    if sign is None:
        return _read_unsigned(text, place)
    if _MINUEND.search(text[max(0, place - 8) : place]):
        return None
    reading = _read_unsigned(text, sign.end())
    if reading.value is None or sign.group()[0] == "+":
        return reading
    return Reading(reading.end, reading.rule, -reading.value, reading.percent)


def _read_unsigned(text: str, place: int) -> Reading:
    reading = (
        _read_date(text, place)
        or _read_latex_fraction(text, place)
        or _read_fraction(text, place)
        or _read_scientific(text, place)
        or read_mixed(text, place)
        or _read_plain(text, place)
    )
    if not reading.percent:
        reading = with_percent(text, reading)
    name = _NAME.match(text, reading.end)
    if _NOT_A_QUANTITY.search(text[max(0, place - 4) : place]):
        return Reading(name.end() if name else reading.end)
    power = _POWER.match(text, reading.end)
    if power is not None:
        return Reading(power.end())
    letters = _ATTACHED.match(text, reading.end)
    if name is not None and (letters is None or letters.group() not in _UNITS):
        return Reading(name.end())
    return reading


def _read_date(text: str, place: int) -> Reading | None:
    match = _DATE.match(text, place)
    return Reading(match.end()) if match else None


def _read_latex_fraction(text: str, place: int) -> Reading | None:
    match = _LATEX_FRACTION.match(text, place)
    if match is None:
        command = _LATEX_COMMAND.match(text, place)
        return Reading(command.end()) if command else None
    short: str = match["digits"] or ""
    return _ratio(match.end(), match["whole"], match["top"] or short[0], match["base"] or short[1])


def _read_fraction(text: str, place: int) -> Reading | None:
    match = _FRACTION.match(text, place)
    if match is None:
        return None
    top, base = digits_value(match["top"]), digits_value(match["base"])
    if not base or (match["whole"] and (top is None or top >= base)):
        return None
    return _ratio(match.end(), match["whole"], match["top"], match["base"])


def _ratio(end: int, whole: str | None, top: str, base: str) -> Reading:
    whole_value, base_value = digits_value(whole or "0"), digits_value(base)
    top_value = digits_value(top.removeprefix("-"))
    if top_value is None or whole_value is None or not base_value:
        return Reading(end)
    ratio = top_value / base_value
    return Reading(end, "fraction", whole_value - ratio if top.startswith("-") else whole_value + ratio)


def _read_scientific(text: str, place: int) -> Reading | None:
    match = _SCIENTIFIC.match(text, place)
    if match is None:
        return None
    exponent = int((match["caret"] or match["raised"] or match["e"]).translate(_RAISED))
    value = digits_value(match["digits"] or match["short"] or "1")
    if value is None or abs(exponent) > _LARGEST_EXPONENT:
        return Reading(match.end())
    return Reading(match.end(), "scientific", value * Fraction(10) ** exponent)


def _read_plain(text: str, place: int) -> Reading:
    match = _NUMBER.match(text, place)
    if match is None:
        return Reading(place + 1)
    end = match.end()
    value = digits_value(match.group())
    version = _VERSION.match(text, end)
    if version is not None or value is None:
        return Reading(version.end() if version else end)
    return after_amount(text, end, value) or _with_suffix(text, end, value)


def _with_suffix(text: str, end: int, value: Fraction) -> Reading:
    """1.5 million, 2 and a half, 3rd, 50%, 12-year."""
    scale = _SCALE.match(text, end)
    if scale is not None:
        return Reading(scale.end(), "mixed", value * SCALES[scale["scale"].lower()])
    half = AND_A_HALF.match(text, end)
    if half is not None:
        return Reading(half.end(), "half", value + Fraction(1, 2))
    ordinal = _ORDINAL.match(text, end)
    if ordinal is not None:
        return Reading(ordinal.end(), "ordinal", value)
    if _COMPOUND.match(text, end):
        return Reading(end, "incidental", value)
    permille = _PER_MILLE.match(text, end)
    if permille is not None:
        return Reading(permille.end(), "fraction", value / 1000)
    return Reading(end, "digits", value)
