"""The names that columns of a role go by, in one spelling: words in lower case joined by ``_``."""

from __future__ import annotations

import re
from collections.abc import Collection


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


WORDS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")

# The best key first: what names one event before what names one row of a table.
KEYS = (
    *("request_id", "event_id", "inference_id", "prediction_id", "invocation_id", "correlation_id"),
    *("transaction_id", "trace_id", "message_id", "application_id", "record_id", "uuid", "guid"),
    *("id", "pk", "key", "row_id", "rowid", "row_number", "rownum", "index", "instant", "no"),
    *("requestid", "eventid", "inferenceid", "correlationid", "transactionid", "traceid"),
    *("x_request_id", "databricks_request_id", "unnamed_0", "span_id"),
)
KEY_ENDS = ("id", "uuid", "guid", "key")
PEOPLE = _words(
    """
    account applicant borrower client customer driver employee guest member patient person
    player policyholder subscriber user visitor
    """
)

TIMES = _words(
    """
    timestamp ts time datetime date event_time event_timestamp event_ts event_date eventtime
    inference_time inferencetime inference_timestamp request_time request_timestamp requested_at
    prediction_time prediction_timestamp predicted_at scored_at scoring_time log_time
    log_timestamp logged_at logging_time occurrence_time recorded_at asctime as_of asof dt
    dteday
    """
)
TIME_ENDS = ("time", "timestamp", "ts", "date", "datetime", "at")
TIME_UNITS = _words(
    """
    s sec secs seconds ms millis milliseconds us micros ns nanos unix epoch utc iso
    """
)

SCORES = _words(
    """
    score scores prediction predictions predicted pred preds probability probabilities proba
    prob probs y_hat yhat y_pred y_prob y_proba y_score model_score model_output
    prediction_score predicted_score predicted_probability predicted_value
    """
)
SHARE_SCORE = re.compile(r"p|(p|prob|proba|probability)_\w+|\w+_proba|prediction_\w+|pred_\w+")
LOGGED_SCORE = re.compile(
    r"(p|prob|proba|probability|score|pred|predicted|prediction)_\w+|"
    r"\w+_(score|proba|prob|probability|prediction|pred|logit)"
)

LABELS = _words(
    """
    label labels target targets y y_true outcome outcomes ground_truth groundtruth gt class
    true_label actual actual_outcome response_variable
    """
)
LABEL_ENDS = ("label", "target", "outcome")
SURE_LABELS = frozenset(
    {"label", "actual_outcome", "ground_truth", "groundtruth", "y_true", "true_label"}
)
OUTCOMES = _words(
    """
    accepted attrition bad bought cancelled canceled charged_off chargeback churn churned click
    clicked closed conversion convert converted default defaulted delayed delinquent died exited
    fraud fraudulent late left lapsed paid_back purchased readmitted recovered repaid responded
    returned spam subscribed survived won
    """
)

VERSIONS = _words(
    """
    model_version model_name model_id model_sha model_hash model_revision model version
    modelversion git_sha deployed_model_id served_entity_id artifact_version bento_version
    """
)
STATUSES = _words(
    """
    status status_code statuscode http_status http_code http_status_code response_code
    response_status error errors error_code error_message exception
    """
)
LATENCIES = _words(
    """
    latency elapsed duration took response_time execution_time processing_time
    inference_duration execution_duration request_latency runtime
    """
)
LATENCY_WORDS = frozenset({"latency", "elapsed", "duration"})
LATENCY_ENDS = ("ms", "millis", "msec", "milliseconds")
FETCHES = frozenset({"fetch", "fetched", "lookup", "retrieval"})
LATENCY_UNITS = frozenset({*LATENCY_ENDS, "us", "micros", "seconds", "sec"})
SEGMENTS = _words(
    """
    app application app_version arm az availability_zone bucket caller channel client cluster
    cohort component container datacenter deployment endpoint env environment experiment
    experiment_arm host hostname instance namespace node origin platform pod region replica
    requester route sdk sdk_version server service shard source stage tenant tier variant worker
    zone user_agent
    """
)


ATTRIBUTIONS = (  # before and after the name of a feature
    *(("shap_", ""), ("", "_shap"), ("shap_value_", ""), ("", "_shap_value")),
    *(("attribution_", ""), ("", "_attribution"), ("contribution_", ""), ("", "_contribution")),
)


def attributed(name: str, features: Collection[str]) -> str | None:
    """Return the feature that a column is the attribution of, by its name; None where of none."""
    for before, after in ATTRIBUTIONS:
        inner = name.removeprefix(before).removesuffix(after)
        if name == f"{before}{inner}{after}" and inner in features:
            return inner
    return None


def spelled(name: str) -> str:
    """Return a name in the one spelling: ``customerID`` and ``Customer-Id`` are ``customer_id``."""
    return "_".join(word.lower() for word in WORDS.findall(name))


def without_unit(word: str) -> str:
    """Return a spelled name without a trailing unit of time: ``timestamp_ms`` is ``timestamp``."""
    first, _, last = word.rpartition("_")
    return first if first and last in TIME_UNITS else word


def label_rank(word: str) -> int | None:
    """Return 0 for a name that only a label has, 1 for an outcome's name, None for neither."""
    if word in LABELS or word.rpartition("_")[2] in LABEL_ENDS:
        return 0
    bare = word.removeprefix("is_").removeprefix("has_").removeprefix("was_")
    first = bare.partition("_")[0]
    named = bare in OUTCOMES or first == "default" or (bare != word and first in OUTCOMES)
    return 1 if named else None


def key_rank(word: str, *, blank: bool) -> int:
    """Return the place of a name among KEYS; ``len(KEYS)`` for ``*_id``, one more for others.

    A blank name is that of a row number which a data frame wrote without asking.
    """
    if word in KEYS:
        return KEYS.index(word)
    if blank:
        return len(KEYS) - 1
    return len(KEYS) + (word.rpartition("_")[2] not in KEY_ENDS)


def of_person(word: str) -> bool:
    """Return True for the id of somebody who may come again: ``customer_id``, ``user_key``."""
    first, _, last = word.partition("_")
    return first in PEOPLE and (last in KEY_ENDS or last == "number")
