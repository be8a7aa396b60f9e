"""KaTeX's MathML of a formula -> letters, for captions that are read as text: β₁, x², ŷ."""

import re
import unicodedata
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

_BELOW = dict(
    zip(
        "0123456789+-−=()aehijklmnoprstuvxβγρφχ",
        "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ",
        strict=True,
    )
)
_ABOVE = dict(zip("0123456789+-−=()inTkmptβ", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁱⁿᵀᵏᵐᵖᵗᵝ", strict=True))
# What stands over a letter, as the character that Unicode puts there.
_OVER = {
    "^": "\u0302",
    "ˉ": "\u0304",
    "¯": "\u0304",
    "~": "\u0303",
    "˙": "\u0307",
    "⃗": "\u20d7",
    "→": "\u20d7",
}
_SPACED = set("=<>≤≥≈≠∼∝∈→←↦")
_MATH = re.compile(r"<math\b.*?</math>", re.DOTALL)


def words(katex: str) -> str:
    """The formula in one line of text.

    Args:
        katex: What KaTeX made of it, with MathML in it.
    """
    found = _MATH.search(katex)
    assert found, "KaTeX writes MathML"
    math = ElementTree.fromstring(re.sub(r' xmlns="[^"]*"', "", found[0]))
    return re.sub(r"\s+", " ", _text(math)).strip()


def _text(node: Element) -> str:
    parts = [_text(child) for child in node]
    match node.tag:
        case "annotation":
            return ""
        case "msub" | "munder":
            return parts[0] + _script(parts[1], _BELOW, "_")
        case "msup":
            return parts[0] + _script(parts[1], _ABOVE, "^")
        case "msubsup" | "munderover":
            return parts[0] + _script(parts[1], _BELOW, "_") + _script(parts[2], _ABOVE, "^")
        case "mover":
            over = _OVER.get(parts[1].strip())
            shown = parts[0] + over if over else parts[0] + _script(parts[1], _ABOVE, "^")
            return unicodedata.normalize("NFC", shown)
        case "mfrac":
            return f"{_grouped(parts[0])}/{_grouped(parts[1])}"
        case "msqrt":
            return f"√{_grouped(''.join(parts))}"
        case "mroot":
            return f"{_script(parts[1], _ABOVE, '')}√{_grouped(parts[0])}"
        case "mspace":
            return " "
        case "mo" if (node.text or "") in _SPACED:
            return f" {node.text} "
    # What KaTeX writes for "apply this function" has no width.
    return (node.text or "").strip("\u2061\u200b") + "".join(parts)


def _script(text: str, letters: dict[str, str], mark: str) -> str:
    plain = text.strip()
    if all(letter in letters for letter in plain):
        return "".join(letters[letter] for letter in plain)
    return f"{mark}{_grouped(plain)}"


def _grouped(text: str) -> str:
    plain = text.strip()
    return plain if len(plain) == 1 or plain.isalnum() else f"({plain})"
