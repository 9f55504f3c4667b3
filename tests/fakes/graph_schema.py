"""What Microsoft publishes of Graph's entities, as far as we use them: each property and its type.

Written by hand from learn.microsoft.com/graph/api/resources (v1.0: mailFolder, message, calendar, event,
contactFolder, contact and the types within them).
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

STRING, BOOLEAN, INTEGER, MOMENT = "Edm.String", "Edm.Boolean", "Edm.Int32", "Edm.DateTimeOffset"
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?Z")
_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")

ENUMS = {
    "followupFlagStatus": {"notFlagged", "complete", "flagged"},
    "bodyType": {"text", "html"},
    "responseType": {"none", "organizer", "tentativelyAccepted", "accepted", "declined", "notResponded"},
    "attendeeType": {"required", "optional", "resource"},
    "eventType": {"singleInstance", "occurrence", "exception", "seriesMaster"},
    "freeBusyStatus": {"unknown", "free", "tentative", "busy", "oof", "workingElsewhere"},
    "recurrencePatternType": {
        "daily", "weekly", "absoluteMonthly", "relativeMonthly", "absoluteYearly", "relativeYearly",
    },
    "recurrenceRangeType": {"endDate", "noEnd", "numbered"},
    "dayOfWeek": {"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"},
    "weekIndex": {"first", "second", "third", "fourth", "last"},
}  # fmt: skip

TYPES: Mapping[str, Mapping[str, str]] = {
    "mailFolder": {
        "id": STRING, "displayName": STRING, "parentFolderId": STRING, "childFolderCount": INTEGER,
        "unreadItemCount": INTEGER, "totalItemCount": INTEGER, "isHidden": BOOLEAN,
    },
    "message": {
        "id": STRING, "receivedDateTime": MOMENT, "isRead": BOOLEAN, "isDraft": BOOLEAN,
        "flag": "followupFlag", "conversationId": STRING, "internetMessageId": STRING, "subject": STRING,
        "parentFolderId": STRING, "categories": f"[{STRING}]",
        "singleValueExtendedProperties": "[singleValueLegacyExtendedProperty]",
    },
    "followupFlag": {"flagStatus": "followupFlagStatus"},
    "singleValueLegacyExtendedProperty": {"id": STRING, "value": STRING},
    "calendar": {
        "id": STRING, "name": STRING, "isDefaultCalendar": BOOLEAN, "canEdit": BOOLEAN,
        "owner": "emailAddress", "hexColor": STRING,
    },
    "event": {
        "id": STRING, "iCalUId": STRING, "subject": STRING, "bodyPreview": STRING, "body": "itemBody",
        "start": "dateTimeTimeZone", "end": "dateTimeTimeZone", "isAllDay": BOOLEAN,
        "isCancelled": BOOLEAN, "isOrganizer": BOOLEAN, "showAs": "freeBusyStatus", "type": "eventType",
        "seriesMasterId": STRING, "occurrenceId": STRING, "originalStart": MOMENT,
        "originalStartTimeZone": STRING, "originalEndTimeZone": STRING, "recurrence": "patternedRecurrence",
        "attendees": "[attendee]", "organizer": "recipient", "responseStatus": "responseStatus",
        "location": "location", "onlineMeeting": "onlineMeetingInfo", "onlineMeetingUrl": STRING,
        "webLink": STRING, "lastModifiedDateTime": MOMENT, "cancelledOccurrences": f"[{STRING}]",
        "exceptionOccurrences": "[event]",
    },
    "itemBody": {"contentType": "bodyType", "content": STRING},
    "dateTimeTimeZone": {"dateTime": "dateTime", "timeZone": STRING},
    "attendee": {"type": "attendeeType", "status": "responseStatus", "emailAddress": "emailAddress"},
    "recipient": {"emailAddress": "emailAddress"},
    "emailAddress": {"name": STRING, "address": STRING},
    "responseStatus": {"response": "responseType", "time": MOMENT},
    "location": {"displayName": STRING},
    "onlineMeetingInfo": {"joinUrl": STRING},
    "patternedRecurrence": {"pattern": "recurrencePattern", "range": "recurrenceRange"},
    "recurrencePattern": {
        "type": "recurrencePatternType", "interval": INTEGER, "daysOfWeek": "[dayOfWeek]",
        "dayOfMonth": INTEGER, "month": INTEGER, "index": "weekIndex", "firstDayOfWeek": "dayOfWeek",
    },
    "recurrenceRange": {
        "type": "recurrenceRangeType", "startDate": "date", "endDate": "date",
        "numberOfOccurrences": INTEGER, "recurrenceTimeZone": STRING,
    },
    "contactFolder": {"id": STRING, "displayName": STRING, "parentFolderId": STRING},
    "contact": {
        "id": STRING, "displayName": STRING, "givenName": STRING, "surname": STRING, "nickName": STRING,
        "companyName": STRING, "department": STRING, "jobTitle": STRING, "businessHomePage": STRING,
        "birthday": MOMENT, "personalNotes": STRING, "mobilePhone": STRING,
        "homePhones": f"[{STRING}]", "businessPhones": f"[{STRING}]", "emailAddresses": "[emailAddress]",
        "homeAddress": "physicalAddress", "businessAddress": "physicalAddress",
        "otherAddress": "physicalAddress", "parentFolderId": STRING, "fileAs": STRING,
    },
    "physicalAddress": {
        "street": STRING, "city": STRING, "state": STRING, "countryOrRegion": STRING, "postalCode": STRING,
    },
}  # fmt: skip
_SIMPLE = {STRING: str, BOOLEAN: bool, INTEGER: int}
_SHAPES = {MOMENT: _MOMENT, "dateTime": _DATE_TIME, "date": _DATE}


def faults(kind: str, value: Any, where: str = "") -> Iterator[str]:
    """What is wrong with a value of a type; every property may be null but an id."""
    where = where or kind
    if kind.startswith("["):
        if not isinstance(value, list):
            yield f"{where} is no collection"
            return
        for one in value:
            yield from faults(kind[1:-1], one, where)
    elif kind in TYPES:
        yield from _entity_faults(kind, value, where)
    elif not _fits(kind, value):
        yield f"{where} is no {kind}: {value!r}"


def _fits(kind: str, value: Any) -> bool:
    if kind in ENUMS:
        return value in ENUMS[kind]
    if kind in _SHAPES:
        return isinstance(value, str) and _SHAPES[kind].fullmatch(value) is not None
    return isinstance(value, _SIMPLE[kind]) and (kind != INTEGER or not isinstance(value, bool))


def _entity_faults(kind: str, value: Any, where: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{where} is no {kind}"
        return
    if "id" in TYPES[kind] and not value.get("id"):
        yield f"{where} has no id"
    for name, one in value.items():
        if name.startswith("@"):
            continue
        if name not in TYPES[kind]:
            yield f"{where} has no property {name}"
        elif one is not None:
            yield from faults(TYPES[kind][name], one, f"{where}.{name}")
