"""Weights of the signature model, as log-odds; fitted by maximum likelihood with an L2 penalty.

"mobile" and "url" are set by hand: both are sure signs that the fitted sample hardly holds.
"""

WEIGHTS = {
    "bullet": -0.2,
    "colon": -0.93,
    "email": 0.77,
    "extension": 0.7,
    "last-line": -0.98,
    "line": -0.1,
    "lower": -0.35,
    "mobile": 5.0,
    "name-like": -0.09,
    "phone": 1.14,
    "plain": -0.97,
    "prose-1": -0.91,
    "prose-2+": -1.3,
    "sender": 0.58,
    "sender-only": 0.94,
    "sentence": -1.25,
    "sign-off": 0.35,
    "sign-off-name": 0.93,
    "street": 0.62,
    "title": 1.19,
    "url": 0.4,
    "words-1": 1.65,
    "words-10+": -0.97,
    "words-3": 0.28,
    "words-4": 0.07,
    "words-5": -0.22,
    "words-6-9": -0.89,
    "zip": 0.34,
}
"""Feature of a line -> weight."""

START_WEIGHTS = {
    "after-sentence": 0.96,
    "start": -0.98,
    "start-after-blank": 0.87,
    "start-name-like": 1.63,
    "start-sender": 0.86,
    "start-sign-off": 1.89,
    "start-sign-off-name": 0.94,
    "start-unset-off": -1.85,
}
"""Feature of the first line of a signature -> weight."""
