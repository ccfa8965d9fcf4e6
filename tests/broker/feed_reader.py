#!/usr/bin/python3
"""Reads the public topics as an outsider does, with a Kafka client that nobody here wrote.

    feed_reader.py BOOTSTRAP NAMESPACE ASYNCAPI [--uncommitted]

Reads both topics from their beginning to their end (a plain consumer, read_committed unless it is
told otherwise), holds every record against the AsyncAPI document, and every key against the rule:
one partition, and a sequence that counts from 1 without a gap or a repeat. Says per type how many
there are: "holdfast.stock.changed 12". Whatever is wrong is said, and the status is 1.
"""

import collections
import json
import sys

import confluent_kafka
import jsonschema

TOPICS = {"publicEvents": "public-events", "fulfillment": "fulfillment"}


def wrong(*words):
    sys.exit(" ".join(str(word) for word in words))


def closed(schema):
    """The same schema, of which nothing else may stand in an object: what is sent is all documented."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    more = {"additionalProperties": False} if isinstance(schema.get("properties"), dict) else {}
    return {name: closed(value) for name, value in schema.items()} | more


def messages_of(document, channel):
    """By CloudEvents type: what checks a record's value."""
    found = {}
    document["components"]["schemas"] = {name: closed(schema) for name, schema
                                         in document["components"]["schemas"].items()}
    for name in document["channels"][channel]["messages"]:
        message = document["components"]["messages"][name]
        schema = {"allOf": message["payload"]["allOf"], "components": document["components"]}
        jsonschema.Draft7Validator.check_schema(schema)
        found[message["name"]] = jsonschema.Draft7Validator(schema)
    return found


def records_of(bootstrap, topic, isolation):
    """Everything up to where the topic ends."""
    consumer = confluent_kafka.Consumer({
        "bootstrap.servers": bootstrap, "group.id": "outsiders", "enable.auto.commit": False,
        "enable.partition.eof": True, "isolation.level": isolation})
    partitions = consumer.list_topics(topic, timeout=30).topics[topic].partitions
    consumer.assign([confluent_kafka.TopicPartition(topic, n, confluent_kafka.OFFSET_BEGINNING)
                     for n in partitions])
    left = set(partitions)
    while left:
        message = consumer.poll(30)
        if message is None:
            wrong(topic, "does not come to its end in partitions", sorted(left))
        if message.error() is None:
            yield message
        elif message.error().code() == confluent_kafka.KafkaError._PARTITION_EOF:
            left.discard(message.partition())
        else:
            wrong(topic, message.error())
    consumer.close()


def check(message, event, known, seen):
    subject, name = event.get("subject"), event.get("type")
    where = f"{message.topic()} {message.partition()}@{message.offset()} {name} of {subject}:"
    if name not in known:
        wrong(where, "is not in the AsyncAPI document")
    for error in known[name].iter_errors(event):
        wrong(where, list(error.path), error.message)
    if dict(message.headers())["content-type"] != b"application/cloudevents+json; charset=UTF-8":
        wrong(where, "another content-type", message.headers())
    if message.key().decode() != subject:
        wrong(where, "its key is", message.key())
    last = seen.get((message.topic(), subject), (message.partition(), 0))
    if last[0] != message.partition():
        wrong(where, "its key was in partition", last[0])
    return last[1] + 1, int(event["sequence"]), where


def main(bootstrap, namespace, path, *more):
    uncommitted = "--uncommitted" in more
    isolation = "read_uncommitted" if uncommitted else "read_committed"
    with open(path, encoding="utf-8") as file:
        document = json.load(file)
    counts, ids, seen = collections.Counter(), set(), {}
    for channel, topic in TOPICS.items():
        known = messages_of(document, channel)
        for message in records_of(bootstrap, f"{namespace}.{topic}", isolation):
            event = json.loads(message.value())
            expected, sequence, where = check(message, event, known, seen)
            if uncommitted and sequence < expected:
                continue  # given up and written again: the rule for who cannot read committed
            if sequence != expected or event["id"] in ids:
                wrong(where, "has sequence", sequence, "where", expected, "is next")
            ids.add(event["id"])
            seen[message.topic(), event["subject"]] = (message.partition(), sequence)
            counts[event["type"]] += 1
    for name, count in sorted(counts.items()):
        print(name, count)


main(*sys.argv[1:])
