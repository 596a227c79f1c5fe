"""Message bodies that cannot be decoded or decrypted: whoever sent them has to send something else."""
import ast
import base64
import bz2
import gzip
import io
import json
import lzma
import os
import pickle
import struct
import tarfile
import xml.etree.ElementTree as ET
import zipfile
import zlib

import avro.datafile
import avro.io
import avro.schema
import cbor2
import kombu.serialization
import lxml.etree
import msgpack
import PIL.Image
import pydantic
import yaml
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives import hashes, padding
from cryptography.hazmat.primitives.asymmetric import padding as rsa_padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from google.protobuf import descriptor_pb2, json_format, struct_pb2, timestamp_pb2

from kit import case

ORDER = {'order_id': 'ORD-503', 'lines': [{'sku': 'A-429', 'quantity': 2}], 'customer': 'Müller'}
JSON = json.dumps(ORDER)
AVRO_SCHEMA = avro.schema.parse(json.dumps({'type': 'record', 'name': 'Order', 'fields': [
    {'name': 'order_id', 'type': 'string'}, {'name': 'quantity', 'type': 'int'}, {'name': 'kind', 'type': {'type': 'enum', 'name': 'K', 'symbols': ['A', 'B']}}]}))


def body(name, cause, data, wraps='typed', accept='', misleading=False):
    """A JSON body: parse_body(record) reads it as a Lambda function does."""
    record = {'messageId': '059f36b4-0503-4290-8401-000000000429', 'body': data}

    @case(name, 'BAD_PAYLOAD', cause, wraps, accept, misleading)
    def parse_body():
        return json.loads(record['body'])


body('json-truncated', 'the producer cut the JSON body off', JSON[:40], 'typed job')
body('json-empty', 'the message body is empty', '', 'log lambda', misleading=True)
body('json-single-quotes', "the producer sent Python's repr instead of JSON", str(ORDER), 'bare json')
body('json-two-documents', 'the body holds two JSON documents', JSON + '\n' + JSON, 'lambdalog bare')
body('json-control', 'the body holds a raw line break within a string', JSON.replace('ORD-503', 'ORD\n503'), 'one')
body('json-escape', 'the body holds an escape that JSON does not know', JSON.replace('ORD-503', r'C:\orders'), 'lambdajson')
body('json-bom', 'the body begins with a byte order mark', '\ufeff' + JSON, 'typed')
body('json-comma', 'the body lacks a comma', JSON.replace('503", ', '503" '), 'job')
body('json-trailing-comma', 'the body has a comma too many', '{"order_id": 429,}', 'cause')
body('json-html', 'the body of the message is a web page that the producer pasted', '<html><body>503 Service Unavailable</body></html>', 'lambda log', accept='DEPENDENCY_FAILURE', misleading=True)
body('json-nan', 'the body is a lone word', 'undefined', 'bare', accept='DEPENDENCY_FAILURE')
body('json-deep', 'the body nests a hundred thousand lists', '[' * 100_000, 'bare lambda', accept='CODE_BUG VALIDATION_ERROR', misleading=True)
body('json-none', 'the record has no body', None, 'typed', accept='CODE_BUG', misleading=True)
body('json-latin1', 'the body is in Latin-1 instead of UTF-8', '{"customer": "Müller"}'.encode('latin-1'), 'typed bare')
body('json-huge-int', 'the body holds a number of five thousand digits', '{"timeout": ' + '9' * 5000 + '}', 'bare log', accept='VALIDATION_ERROR', misleading=True)


@case('json-twice', 'BAD_PAYLOAD', 'the notification within the body is cut off', 'cause vague', misleading=True)
def parse_notification():
    envelope = json.loads(json.dumps({'Type': 'Notification', 'TopicArn': 'arn:aws:sns:eu-west-1:429:limits', 'Message': '{"bucket": "orders", "token": "ey'}))
    return json.loads(envelope['Message'])


@case('utf8-start', 'BAD_PAYLOAD', 'the body is UTF-16 and is read as UTF-8', 'lambda job')
def decode_body():
    return JSON.encode('utf-16').decode('utf-8')


@case('ascii', 'BAD_PAYLOAD', 'the body is not ASCII as agreed', 'one', accept='CODE_BUG')
def decode_header():
    return 'größe=503'.encode().decode('ascii')


@case('base64-padding', 'BAD_PAYLOAD', 'the base64 of the body is cut off', 'typed bare')
def decode_payload():
    return base64.b64decode('eyJvcmRlciI6NTAz' + 'fQ')


@case('base64-length', 'BAD_PAYLOAD', 'the base64 of the body lost characters', 'lambdajson')
def decode_attachment():
    return base64.b64decode('eyJvc')


@case('base64-characters', 'BAD_PAYLOAD', 'the body is not base64 at all', 'job')
def decode_strictly():
    return base64.b64decode('{"order_id": 503}', validate=True)


@case('hex', 'BAD_PAYLOAD', 'a body that should be hexadecimal is not', 'one typed', accept='VALIDATION_ERROR')
def decode_token():
    return bytes.fromhex('token:7f4d')


@case('gzip-not', 'BAD_PAYLOAD', 'the body is not compressed although announced', 'typed bare')
def unpack():
    return gzip.decompress(JSON.encode())


@case('gzip-cut', 'BAD_PAYLOAD', 'the compressed body is cut off', 'context one')
def unpack_stream():
    return gzip.GzipFile(fileobj=io.BytesIO(gzip.compress(os.urandom(400))[:200])).read()


@case('gzip-crc', 'BAD_PAYLOAD', 'the compressed body was damaged', 'bare')
def unpack_checked():
    data = bytearray(gzip.compress(JSON.encode()))
    data[-8] ^= 255
    return gzip.decompress(bytes(data))


@case('zlib-header', 'BAD_PAYLOAD', 'the body is gzip where zlib was agreed', 'typed job')
def inflate():
    return zlib.decompress(gzip.compress(JSON.encode()))


@case('zlib-cut', 'BAD_PAYLOAD', 'the deflated body is cut off', 'one')
def inflate_stream():
    return zlib.decompress(zlib.compress(os.urandom(300))[:150])


@case('bz2', 'BAD_PAYLOAD', 'the body is not bzip2', 'bare')
def unpack_archive():
    return bz2.decompress(b'ORDER 503')


@case('lzma', 'BAD_PAYLOAD', 'the body is not xz', 'bare lambda')
def unpack_delta():
    return lzma.decompress(b'PK\x03\x04')


@case('zip', 'BAD_PAYLOAD', 'the attachment is not a zip archive', 'typed')
def open_archive():
    return zipfile.ZipFile(io.BytesIO(b'%PDF-1.4 order 503'))


@case('tar', 'BAD_PAYLOAD', 'the attachment is not a tar archive', 'json')
def open_bundle():
    return tarfile.open(fileobj=io.BytesIO(b'order 503\n' * 100))


@case('xml-token', 'BAD_PAYLOAD', 'the body is not well-formed XML', 'typed bare', misleading=True)
def parse_invoice():
    return ET.fromstring('<invoice><total currency="EUR">12 < 50</total></invoice>')


@case('xml-lxml', 'BAD_PAYLOAD', 'the body is XML with a tag that is not closed', 'one job')
def parse_despatch():
    return lxml.etree.fromstring(b'<order id="503"><line>1</order>')


@case('xml-empty', 'BAD_PAYLOAD', 'the XML body is empty', 'lambdalog')
def parse_despatch_advice():
    return lxml.etree.fromstring(b'')


@case('xml-encoding', 'BAD_PAYLOAD', 'the XML body announces UTF-8 and is Latin-1', 'bare')
def parse_partner():
    return ET.fromstring('<?xml version="1.0" encoding="UTF-8"?><name>Müller</name>'.encode('latin-1'))


@case('yaml-token', 'BAD_PAYLOAD', 'the YAML body is indented with a tab', 'typed log', misleading=True)
def parse_manifest():
    return yaml.safe_load('order: 503\nlimits:\n\t rate: 429\n')


@case('literal', 'BAD_PAYLOAD', 'a body that should be a Python literal is cut off', 'lambda bare', accept='CODE_BUG', misleading=True)
def parse_legacy():
    return ast.literal_eval("{'order_id': 503, 'lines': [")


@case('pickle', 'BAD_PAYLOAD', 'the pickled body is cut off', 'typed')
def restore():
    return pickle.loads(pickle.dumps(ORDER)[:30])


@case('pickle-other', 'BAD_PAYLOAD', 'the body is JSON where a pickle was agreed', 'bare')
def restore_task():
    return pickle.loads(b'{"order_id": 503}')


@case('struct', 'BAD_PAYLOAD', 'the binary body is too short', 'typed lambda', accept='CODE_BUG', misleading=True)
def read_position():
    return struct.unpack('>IIQ', b'\x00\x01\x02\x03\x04')


@case('varint', 'BAD_PAYLOAD', 'a length in the binary body points behind its end', 'log', accept='CODE_BUG', misleading=True)
def decode_varint():
    message_body, position, value = b'\xff\xff', 0, 0
    while message_body[position] & 0x80:
        value, position = value << 7 | message_body[position], position + 1
    return value


@case('protobuf-cut', 'BAD_PAYLOAD', 'the protobuf body is cut off', 'typed bare')
def parse_event():
    message = descriptor_pb2.FileDescriptorProto(name='orders/503.proto', package='x' * 50)
    return descriptor_pb2.FileDescriptorProto.FromString(message.SerializeToString()[:30])


@case('protobuf-json', 'BAD_PAYLOAD', 'the body is JSON where protobuf was agreed', 'cause job')
def parse_protobuf():
    return struct_pb2.Struct.FromString(JSON.encode())


@case('protobuf-json-cut', 'BAD_PAYLOAD', 'the JSON form of a protobuf body is cut off', 'bare')
def parse_protobuf_json():
    return json_format.Parse('{"order": {"timeout": 50', struct_pb2.Struct())


@case('msgpack-cut', 'BAD_PAYLOAD', 'the MessagePack body is cut off', 'typed one')
def unpack_message():
    return msgpack.unpackb(msgpack.packb(ORDER)[:20])


@case('msgpack-extra', 'BAD_PAYLOAD', 'the body is JSON where MessagePack was agreed', 'bare lambda')
def unpack_event():
    return msgpack.unpackb(JSON.encode())


@case('cbor-cut', 'BAD_PAYLOAD', 'the CBOR body is cut off', 'typed bare')
def load_reading():
    return cbor2.loads(cbor2.dumps(ORDER)[:20])


@case('avro-not', 'BAD_PAYLOAD', 'the body is not an Avro file', 'job typed')
def read_avro():
    return list(avro.datafile.DataFileReader(io.BytesIO(JSON.encode()), avro.io.DatumReader()))


@case('avro-cut', 'BAD_PAYLOAD', 'the Avro body is cut off', 'typed', accept='CODE_BUG')
def decode_avro():
    return avro.io.DatumReader(AVRO_SCHEMA).read(avro.io.BinaryDecoder(io.BytesIO(b'\x0eORD')))


@case('registry-magic', 'BAD_PAYLOAD', 'the body does not begin with the magic byte of a schema registry', 'bare')
def deserialize():
    data = JSON.encode()
    if data[0] != 0:
        raise ValueError(f'Unexpected magic byte {data[0]}. This message was not produced with a Confluent Schema Registry serializer')


@case('fernet', 'BAD_PAYLOAD', 'the encrypted body was damaged', 'typed short', accept='AUTH_FAILURE', misleading=True)
def decrypt_body():
    return Fernet(Fernet.generate_key()).decrypt(b'gAAAAABk' + b'A' * 92)


@case('aes-gcm', 'BAD_PAYLOAD', 'the encrypted body was damaged', 'log lambda', misleading=True)
def decrypt_payload():
    nonce, body = bytes(12), bytearray(AESGCM(bytes(32)).encrypt(bytes(12), JSON.encode(), None))
    body[0] ^= 1
    return AESGCM(bytes(32)).decrypt(nonce, bytes(body), None)


@case('aes-padding', 'BAD_PAYLOAD', 'the encrypted body was damaged, so its padding is wrong', 'typed bare')
def decrypt_legacy():
    decryptor = Cipher(algorithms.AES(bytes(16)), modes.CBC(bytes(16))).decryptor()
    unpadder = padding.PKCS7(128).unpadder()
    return unpadder.update(decryptor.update(bytes(32)) + decryptor.finalize()) + unpadder.finalize()


@case('aes-block', 'BAD_PAYLOAD', 'the encrypted body is cut off', 'one', accept='VALIDATION_ERROR')
def decrypt_message_body():
    decryptor = Cipher(algorithms.AES(bytes(16)), modes.CBC(bytes(16))).decryptor()
    return decryptor.update(bytes(21)) + decryptor.finalize()


@case('rsa', 'BAD_PAYLOAD', 'the key within the body was encrypted for somebody else', 'typed', accept='AUTH_FAILURE', misleading=True)
def unwrap_data_key():
    oaep = rsa_padding.OAEP(rsa_padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
    mine, theirs = (rsa.generate_private_key(65537, 2048) for _ in range(2))
    return mine.decrypt(theirs.public_key().encrypt(b'k' * 32, oaep), oaep)


@case('pydantic-json', 'BAD_PAYLOAD', 'a model is parsed from a body that is cut off', 'typed bare', misleading=True)
def parse_order():
    class Order(pydantic.BaseModel):
        order_id: str
    return Order.parse_raw(JSON[:30])


@case('kombu-decode', 'BAD_PAYLOAD', 'the body of a task is not the JSON that it announces', 'typed one')
def receive_task():
    return kombu.serialization.loads(b'{"task": "orders.ship", ', 'application/json', 'utf-8')


@case('kombu-refused', 'BAD_PAYLOAD', 'the body of a task comes as pickle, which is not accepted', 'bare', accept='VALIDATION_ERROR AUTH_FAILURE CODE_BUG', misleading=True)
def accept_task():
    kombu.serialization.enable_insecure_serializers(['pickle'])
    return kombu.serialization.loads(pickle.dumps(ORDER), 'application/x-python-serialize', 'binary', accept={'application/json'})


@case('image', 'BAD_PAYLOAD', 'the attachment is not an image', 'one lambda')
def thumbnail():
    return PIL.Image.open(io.BytesIO(JSON.encode()))


@case('image-cut', 'BAD_PAYLOAD', 'the attached image is cut off', 'bare')
def resize():
    data = io.BytesIO()
    PIL.Image.effect_noise((300, 300), 60).save(data, 'JPEG')
    return PIL.Image.open(io.BytesIO(data.getvalue()[:4000])).convert('L')


@case('timestamp-decode', 'BAD_PAYLOAD', 'the protobuf body is of another type', 'one')
def parse_timestamp():
    return timestamp_pb2.Timestamp.FromString(b'\x0a\xff\xff\xff\xff\x0fORD')
