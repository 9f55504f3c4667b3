"""Weights of the signature model, as log-odds; fitted by maximum likelihood with an L2 penalty.

"mobile" and "url" are set by hand: both are sure signs that the fitted sample hardly holds.
"""

WEIGHTS = {
    "bullet": -0.2,
    "colon": -0.92,
    "email": 0.8,
    "extension": 0.59,
    "last-line": -1.01,
    "lower": -0.33,
    "mobile": 5.0,
    "name-like": -0.37,
    "phone": 1.06,
    "plain": -0.97,
    "prose-1": -1.0,
    "prose-2+": -1.29,
    "rule": -0.12,
    "sender": 0.54,
    "sender-only": 0.95,
    "sentence": -1.23,
    "sign-off": 0.87,
    "sign-off-name": 0.91,
    "street": 0.7,
    "title": 1.27,
    "url": 0.4,
    "words-1": 1.69,
    "words-10+": -0.97,
    "words-3": 0.42,
    "words-4": 0.08,
    "words-5": -0.36,
    "words-6-9": -0.81,
    "zip": 0.38,
}
"""Feature of a line -> weight."""

START_WEIGHTS = {
    "after-sentence": 0.96,
    "start": -1.01,
    "start-after-blank": 0.8,
    "start-name-like": 1.78,
    "start-sender": 1.0,
    "start-sign-off": 2.32,
    "start-sign-off-name": 0.91,
    "start-unset-off": -1.81,
}
"""Feature of the first line of a signature -> weight."""
