"""Bodies that can be decoded, with contents that break a schema or a rule: the data has to change."""
import datetime
import decimal
import io
import json
import os
import uuid

import avro.io
import avro.schema
import cerberus
import dateutil.parser
import email_validator
import iso8601
import jsonschema
import marshmallow
import PIL.Image
import pydantic
import voluptuous
import xmlschema
from google.protobuf import duration_pb2, json_format, struct_pb2, timestamp_pb2
from lxml import etree

from kit import TMP, case

BODY = json.loads('{"order_id": 503, "email": "anna@example", "quantity": "12,5", "currency": "EURO", "placed_at": "31.02.2026", "customer": null, "token": "ab"}')

os.environ['DJANGO_SETTINGS_MODULE'] = ''
import django.conf  # noqa: E402

django.conf.settings.configure(USE_TZ=False, USE_I18N=False, INSTALLED_APPS=[], REST_FRAMEWORK={'UNAUTHENTICATED_USER': None})
import django.core.validators  # noqa: E402
import rest_framework.exceptions  # noqa: E402
import rest_framework.serializers  # noqa: E402


class Line(pydantic.BaseModel):
    sku: str
    quantity: pydantic.PositiveInt


class Order(pydantic.BaseModel):
    order_id: str
    currency: pydantic.constr(max_length=3)
    lines: list[Line]


class Job(pydantic.BaseModel):
    timeout: pydantic.conint(le=900)
    rate_limit: pydantic.conint(ge=1, le=1000)
    api_token: pydantic.constr(min_length=20)


@case('pydantic-missing', 'VALIDATION_ERROR', 'the order lacks fields', 'typed bare')
def parse_order():
    return Order.parse_obj({'order_id': 'ORD-503', 'lines': [{'sku': 'A-429'}]})


@case('pydantic-limits', 'VALIDATION_ERROR', 'fields named timeout, rate_limit and api_token are out of range', 'typed job json', misleading=True)
def parse_job():
    return Job(timeout=5000, rate_limit=429429, api_token='ab')


@case('pydantic-type', 'VALIDATION_ERROR', 'a number is a word', 'cause lambdalog')
def parse_line():
    return Line.parse_obj({'sku': 'A-1', 'quantity': 'two'})


@case('jsonschema-required', 'VALIDATION_ERROR', 'a required property is missing', 'typed log')
def validate_event():
    jsonschema.validate({'order_id': 503}, {'type': 'object', 'required': ['order_id', 'customer_id']})


@case('jsonschema-token', 'VALIDATION_ERROR', 'the property "token" is too short', 'bare typed', misleading=True)
def validate_session():
    jsonschema.validate(BODY, {'properties': {'token': {'type': 'string', 'minLength': 32}}})


@case('jsonschema-enum', 'VALIDATION_ERROR', 'a status is not one of the allowed', 'one', misleading=True)
def validate_status():
    jsonschema.validate({'status': 'timeout'}, {'properties': {'status': {'enum': ['open', 'paid', 'shipped']}}})


@case('marshmallow', 'VALIDATION_ERROR', 'fields are missing and unknown', 'typed bare')
def load_order():
    return marshmallow.Schema.from_dict({'quantity': marshmallow.fields.Int(required=True), 'email': marshmallow.fields.Email()})().load(BODY)


@case('cerberus', 'VALIDATION_ERROR', 'values break the rules', 'bare')
def check_order():
    validator = cerberus.Validator({'timeout': {'type': 'integer', 'max': 900}, 'customer': {'type': 'dict', 'nullable': False}})
    if not validator.validate({'timeout': 4290, 'customer': None}):
        raise ValueError(f'order 503 rejected: {validator.errors}')


@case('voluptuous', 'VALIDATION_ERROR', 'a value is of the wrong type', 'typed one')
def check_settings():
    return voluptuous.Schema({'connection': {'retries': int}})({'connection': {'retries': 'many'}})


@case('drf-serializer', 'VALIDATION_ERROR', 'the serializer of an own API refuses the data', 'typed job')
def deserialize():
    class Customer(rest_framework.serializers.Serializer):
        email = rest_framework.serializers.EmailField()
        access_token = rest_framework.serializers.CharField(max_length=10)
    Customer(data={'email': 'anna', 'access_token': 'x' * 50}).is_valid(raise_exception=True)


@case('drf-throttled', 'THROTTLED', 'an API within the process throttles the caller', 'one typed')
def check_throttles():
    raise rest_framework.exceptions.Throttled(wait=401)


@case('drf-not-authenticated', 'AUTH_FAILURE', 'an API within the process wants credentials', 'bare')
def check_login():
    raise rest_framework.exceptions.NotAuthenticated()


@case('django-validation', 'VALIDATION_ERROR', 'a value is over a validator\'s limit', 'bare one', misleading=True)
def check_limit():
    django.core.validators.MaxValueValidator(100, 'Rate limit exceeds %(limit_value)s (it is %(show_value)s).')(429)


@case('django-configured', 'CODE_BUG', 'the settings of the application lack a key', 'typed', misleading=True)
def app_settings():
    return django.conf.settings.SECRET_KEY


@case('django-setting-name', 'CODE_BUG', 'a setting is read that is not defined', 'bare', misleading=True)
def api_settings():
    return django.conf.settings.BILLING_API_TIMEOUT


@case('payload-key', 'VALIDATION_ERROR', 'a field of the message body is missing', 'log typed', accept='CODE_BUG', misleading=True)
def ship():
    message_body = BODY
    return message_body['customer_id']


@case('payload-none', 'VALIDATION_ERROR', 'a field of the message body is null', 'typed', accept='CODE_BUG', misleading=True)
def greet():
    message_body = BODY
    return message_body['customer']['name']


@case('payload-list', 'VALIDATION_ERROR', 'the message body is a list where an object was agreed', 'log', accept='CODE_BUG', misleading=True)
def first_order():
    message_body = json.loads('[{"order_id": 503}]')
    return message_body['order_id']


@case('int-comma', 'VALIDATION_ERROR', 'a number of the payload has a comma', 'typed bare')
def quantity():
    return int(BODY['quantity'])


@case('float-word', 'VALIDATION_ERROR', 'a price of the payload is a word', 'job')
def price():
    return float('gratis')


@case('decimal', 'VALIDATION_ERROR', 'an amount of the payload is not a number', 'typed short')
def amount():
    return decimal.Decimal(BODY['quantity'])


@case('isoformat', 'VALIDATION_ERROR', 'a date of the payload is in another format', 'bare lambda')
def placed_at():
    return datetime.datetime.fromisoformat(BODY['placed_at'])


@case('strptime', 'VALIDATION_ERROR', 'a date of the payload is in another format', 'typed json')
def due_at():
    return datetime.datetime.strptime('2026-05-04T08:00:00Z', '%Y-%m-%d %H:%M')


@case('day-range', 'VALIDATION_ERROR', 'the payload has a 31 February', 'bare', accept='CODE_BUG')
def delivery_day():
    return datetime.date(2026, 2, 31)


@case('dateutil', 'VALIDATION_ERROR', 'a date of the payload cannot be read', 'one')
def shipped_at():
    return dateutil.parser.parse('next week 429')


@case('iso8601', 'VALIDATION_ERROR', 'a date of the payload cannot be read', 'bare', misleading=True)
def invoiced_at():
    return iso8601.parse_date('2026/05/04 timeout')


@case('uuid', 'VALIDATION_ERROR', 'an id of the payload is not a UUID', 'typed bare')
def customer_id():
    return uuid.UUID('ORD-503-4290')


@case('enum', 'VALIDATION_ERROR', 'a state of the payload is unknown', 'one lambdajson', misleading=True)
def state():
    import enum
    return enum.Enum('OrderState', {'OPEN': 'open', 'PAID': 'paid'})('unauthorized')


@case('email', 'VALIDATION_ERROR', 'an e-mail address of the payload is wrong', 'typed job', misleading=True)
def address():
    return email_validator.validate_email('anna@localhost', check_deliverability=False)


@case('protobuf-field', 'VALIDATION_ERROR', 'a field of a protobuf message in JSON form is of the wrong type', 'typed bare', accept='BAD_PAYLOAD', misleading=True)
def parse_reading():
    return json_format.ParseDict({'seconds': 'many', 'nanos': 503}, struct_pb2.ListValue())


@case('protobuf-duration', 'VALIDATION_ERROR', 'a duration has no unit', 'one', accept='BAD_PAYLOAD', misleading=True)
def parse_timeout():
    return json_format.Parse('"30"', duration_pb2.Duration())


@case('protobuf-range', 'VALIDATION_ERROR', 'a number does not fit into its protobuf field', 'lambda', misleading=True)
def stamp():
    return timestamp_pb2.Timestamp(seconds=1 << 70)


@case('avro-datum', 'VALIDATION_ERROR', 'a record does not fit its Avro schema', 'typed job')
def encode():
    schema = avro.schema.parse('{"type": "record", "name": "Order", "fields": [{"name": "quantity", "type": "int"}]}')
    avro.io.DatumWriter(schema).write({'quantity': 'two'}, avro.io.BinaryEncoder(io.BytesIO()))


@case('xsd', 'VALIDATION_ERROR', 'an invoice breaks its XML schema', 'typed bare')
def check_invoice():
    schema = xmlschema.XMLSchema('<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="total" type="xs:decimal"/></xs:schema>')
    schema.validate('<total>twelve</total>')


@case('xsd-lxml', 'VALIDATION_ERROR', 'an invoice has an element that its schema does not expect', 'one job', misleading=True)
def check_despatch():
    schema = etree.XMLSchema(etree.XML('<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="session"><xs:complexType><xs:sequence>'
                                       '<xs:element name="user" type="xs:string"/></xs:sequence></xs:complexType></xs:element></xs:schema>'))
    schema.assertValid(etree.XML('<session><token>503</token></session>'))


@case('image-bomb', 'VALIDATION_ERROR', 'an image of the payload is larger than allowed', 'typed bare', accept='RESOURCE_EXHAUSTED', misleading=True)
def thumbnail():
    data = io.BytesIO()
    PIL.Image.new('1', (30000, 30000)).save(data, 'PNG')
    return PIL.Image.open(data).load()


@case('rule', 'VALIDATION_ERROR', 'an order breaks a business rule', 'bare cause', misleading=True)
def check_credit():
    raise ValueError('order 503: amount 4290.00 exceeds the credit limit of customer 401 (1000.00)')


@case('name-too-long', 'VALIDATION_ERROR', 'a file name from the payload is too long', 'bare', accept='CODE_BUG', misleading=True)
def store():
    return open(f"{TMP}/{'A-429-' * 60}.json", 'w', encoding='utf-8')


@case('null-byte', 'VALIDATION_ERROR', 'a name of the payload holds a NUL', 'one', accept='BAD_PAYLOAD')
def store_attachment():
    return open('invoice\0.pdf', 'w', encoding='utf-8')


@case('surrogates', 'VALIDATION_ERROR', 'a name of the payload holds half a surrogate pair', 'typed', accept='BAD_PAYLOAD')
def encode_name():
    return json.loads(r'{"name": "\ud83d order"}')['name'].encode('utf-8')
