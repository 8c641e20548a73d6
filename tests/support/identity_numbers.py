"""Invented identity numbers, in the notations that people type."""

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # the weights printed in GB 11643


LAST = "10X98765432"  # the check digits by remainder, as printed there


def number(first: str) -> str:
    """A number with a valid check digit, by the standard's table."""
    return first + LAST[sum(int(digit) * weight for digit, weight in zip(first, WEIGHTS, strict=True)) % 11]


GOOD = number("37028420030401120")
"""A number that ends in X, of 1 April 2003."""


FORMS = {
    "small x": GOOD.lower(),
    "full-width": "".join(chr(ord(sign) + 0xFEE0) for sign in GOOD),
    "full-width X": GOOD[:-1] + "Ｘ",
    "full-width x": GOOD[:-1] + "ｘ",
    "apostrophe": f"'{GOOD}",
    "bent apostrophe": f"’{GOOD.lower()}",
    "full-width apostrophe": f"＇{GOOD}",
    "grave accent": f"`{GOOD}",
    "formula": f'="{GOOD}"',
    "formula with Chinese quotes": f"＝“{GOOD[:-1]}ｘ”",
    "tab": f"{GOOD}\t",
    "spaces": f" {GOOD[:6]} {GOOD[6:14]}\u3000{GOOD[14:]}\u00a0",
    "no-break spaces": f"{GOOD[:6]}\u202f{GOOD[6:14]}\u2009{GOOD[14:]}",
    "soft hyphens": f"{GOOD[:6]}\u00ad{GOOD[6:14]}\u00ad{GOOD[14:]}\u00ad",
    "variation selectors": f"{GOOD[:3]}\ufe0e{GOOD[3:]}\ufe0f\U000e0100",
    "no width": f"\ufeff{GOOD[:5]}\u200b{GOOD[5:9]}\u200c\u200d\u2060{GOOD[9:]}",
    "directions": f"\u202a\u200e{GOOD}\u202c\u200f\u2066\u2069",
}
"""The same number as keyboards, spreadsheets, web pages and other programs write it."""


OTHERS = {
    "raised": GOOD.replace("2", "²", 1),
    "circled": GOOD.replace("2", "②", 1),
    "Arabic": GOOD.replace("3", "٣", 1),
    "mathematical": GOOD.replace("3", "𝟑", 1),
    "Roman ten": GOOD[:-1] + "Ⅹ",
    "small Roman ten": GOOD[:-1] + "ⅹ",
    "Cyrillic": GOOD[:-1] + "Х",
    "times": GOOD[:-1] + "×",
    "hyphens": f"{GOOD[:6]}-{GOOD[6:14]}-{GOOD[14:]}",
    "letter O": GOOD.replace("0", "O", 1),
}
"""Texts that only look like that number."""
