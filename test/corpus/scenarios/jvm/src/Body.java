package com.example.orders;

import static com.example.orders.Recorder.Kind.*;
import static com.example.orders.Recorder.fail;

import com.fasterxml.jackson.annotation.*;
import com.fasterxml.jackson.databind.*;
import com.google.gson.Gson;
import java.io.*;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.*;
import java.util.*;
import java.util.zip.*;
import javax.crypto.Cipher;
import javax.crypto.spec.*;
import javax.validation.Valid;
import javax.validation.constraints.*;

/** The message's own body: what cannot be decoded, and what decodes but breaks a rule. */
final class Body {
  enum Currency { EUR, USD, CHF }
  public static class Line { @NotNull public String sku; @Min(1) public int quantity; }
  public static class Order {
    public String id; public int quantity; public Currency currency; public LocalStamp placedAt; public List<Line> lines; public UUID customer;
  }
  public static class LocalStamp { public final Instant at; @JsonCreator public LocalStamp(String text) { at = Instant.parse(text); } }
  public static class Money {
    final String amount;
    @JsonCreator public Money(@JsonProperty(value = "amount", required = true) String amount, @JsonProperty(value = "timeoutSeconds", required = true) Integer timeout) { this.amount = amount; }
  }
  public static class Checked {
    @Max(900) public int timeoutSeconds = 3600;
    @NotBlank public String accessToken = "";
    @Email public String email = "jo.example.com";
    @Valid public List<Line> lines = List.of(new Line());
  }
  @java.lang.annotation.Retention(java.lang.annotation.RetentionPolicy.RUNTIME)
  @javax.validation.Constraint(validatedBy = {}) @NotNull @Size(min = 1) @javax.validation.ReportAsSingleViolation
  @interface NotBlank { String message() default "may not be blank"; Class<?>[] groups() default {}; Class<? extends javax.validation.Payload>[] payload() default {}; }
  @java.lang.annotation.Retention(java.lang.annotation.RetentionPolicy.RUNTIME)
  @javax.validation.Constraint(validatedBy = {}) @Pattern(regexp = ".+@.+") @javax.validation.ReportAsSingleViolation
  @interface Email { String message() default "not a well-formed email address"; Class<?>[] groups() default {}; Class<? extends javax.validation.Payload>[] payload() default {}; }
  static class Polymorphic {
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type") @JsonSubTypes({ @JsonSubTypes.Type(value = Placed.class, name = "order.placed") }) interface Event { }
    static class Placed implements Event { public String id; }
  }

  static final ObjectMapper JACKSON = new ObjectMapper();
  static byte[] bytes(String text) { return text.getBytes(StandardCharsets.UTF_8); }
  static byte[] zip(String text) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream zip = new GZIPOutputStream(out)) { zip.write(bytes(text)); }
    return out.toByteArray();
  }
  static Object validate(Object bean) {
    var found = javax.validation.Validation.byProvider(org.hibernate.validator.HibernateValidator.class).configure()
        .messageInterpolator(new org.hibernate.validator.messageinterpolation.ParameterMessageInterpolator()).buildValidatorFactory().getValidator().validate(bean);
    if (!found.isEmpty()) throw new javax.validation.ConstraintViolationException(found.stream().map(v -> v.getPropertyPath() + ": " + v.getMessage()).sorted().collect(java.util.stream.Collectors.joining(", ")), found);
    return bean;
  }
  static Object xsd(String xml) throws Exception {
    String schema = "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'><xs:element name='order'><xs:complexType><xs:sequence>"
        + "<xs:element name='token' type='xs:int'/><xs:element name='limit'><xs:simpleType><xs:restriction base='xs:int'><xs:maxInclusive value='500'/></xs:restriction></xs:simpleType></xs:element>"
        + "</xs:sequence></xs:complexType></xs:element></xs:schema>";
    var factory = javax.xml.validation.SchemaFactory.newInstance("http://www.w3.org/2001/XMLSchema");
    factory.newSchema(new javax.xml.transform.stream.StreamSource(new StringReader(schema))).newValidator().validate(new javax.xml.transform.stream.StreamSource(new StringReader(xml)));
    return null;
  }
  static Object decrypt(byte[] key, byte[] data) throws Exception {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, "AES"), new GCMParameterSpec(128, new byte[12]));
    return cipher.doFinal(data);
  }
  static final org.apache.avro.Schema AVRO = new org.apache.avro.Schema.Parser().parse("{\"type\":\"record\",\"name\":\"Order\",\"namespace\":\"com.example\",\"fields\":[{\"name\":\"id\",\"type\":\"string\"},{\"name\":\"note\",\"type\":[\"null\",\"string\"]},{\"name\":\"total\",\"type\":\"double\"}]}");
  static Object avro(byte[] data) throws IOException {
    return new org.apache.avro.generic.GenericDatumReader<>(AVRO).read(null, org.apache.avro.io.DecoderFactory.get().binaryDecoder(data, null));
  }
  static Object avroJson(String json) throws IOException {
    return new org.apache.avro.generic.GenericDatumReader<>(AVRO).read(null, org.apache.avro.io.DecoderFactory.get().jsonDecoder(AVRO, json));
  }

  static void table() {
    // cannot be decoded
    fail("jackson-cut", BAD_PAYLOAD, "the body's JSON is cut off", () -> JACKSON.readTree("{\"orderId\":\"A-503\",\"lines\":[{\"sku\":\"X1\",\"qty\":2"), "parts", "order", "lambda");
    fail("jackson-token", BAD_PAYLOAD, "the body is plain text with the word token in it", () -> JACKSON.readValue("token=abc; order=401", Order.class), "parts", "log", "nested").misleading();
    fail("jackson-control", BAD_PAYLOAD, "a raw line break stands in a JSON string of the body", () -> JACKSON.readTree("{\"note\":\"first\nsecond\"}"), "parts", "message");
    fail("jackson-empty", BAD_PAYLOAD, "the body is empty", () -> JACKSON.readValue("", Order.class), "parts", "cause");
    fail("jackson-utf8", BAD_PAYLOAD, "the body is Latin-1 where UTF-8 was due", () -> JACKSON.readTree("{\"name\":\"Müller 429\"}".getBytes(StandardCharsets.ISO_8859_1)), "parts", "typed");
    fail("jackson-xml", BAD_PAYLOAD, "the body is XML that ends within an element", () -> new com.fasterxml.jackson.dataformat.xml.XmlMapper().readTree("<order><id>503</id><lines>"), "parts", "root");
    fail("gson-malformed", BAD_PAYLOAD, "the body's JSON has a stray quote", () -> new Gson().fromJson("{\"id\": \"408\" \"qty\": 1}", Map.class), "parts", "future");
    fail("gson-text", BAD_PAYLOAD, "the body is the word timeout instead of JSON", () -> com.google.gson.JsonParser.parseString("timeout: 504 {"), "cause", "message");
    fail("gson-eof", BAD_PAYLOAD, "the body's JSON ends early", () -> new Gson().fromJson("{\"id\":\"A1\",\"lines\":[", Map.class), "typed", "lambdalog");
    fail("simple-json", BAD_PAYLOAD, "the body is not JSON", () -> new org.json.simple.parser.JSONParser().parse("orderId=8812&limit=429"), "parts", "typed");
    fail("groovy-json", BAD_PAYLOAD, "the body's JSON has a bare word", () -> new groovy.json.JsonSlurper().parseText("{\"status\": unauthorized }"), "parts").misleading();
    fail("yaml", BAD_PAYLOAD, "the body's YAML is not well formed", () -> new org.yaml.snakeyaml.Yaml().load("order:\n  id: 429\n\ttoken: x\n"), "parts", "order").misleading();
    fail("sax-prolog", BAD_PAYLOAD, "the body is JSON where XML was due", () -> new org.dom4j.io.SAXReader().read(new StringReader("{\"order\":503}")), "parts", "message");
    fail("sax-end", BAD_PAYLOAD, "the body's XML lacks an end tag", () -> javax.xml.parsers.DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new ByteArrayInputStream(bytes("<order><timeout>30</order>"))), "parts", "root").misleading();
    fail("sax-entity", BAD_PAYLOAD, "the body's XML has a bare ampersand", () -> org.dom4j.DocumentHelper.parseText("<order><customer>Meyer & Sons</customer></order>"), "typed");
    fail("proto-cut", BAD_PAYLOAD, "the body's protobuf is truncated", () -> com.google.protobuf.Struct.parseFrom(new byte[] { 0x0a, 0x50, 0x0a, 0x03, 0x61 }), "parts", "typed", "lambda");
    fail("proto-tag", BAD_PAYLOAD, "the body is protobuf of another version: it begins with zeros", () -> com.google.protobuf.Struct.parseFrom(new byte[] { 0, 4, 0, 1 }), "parts", "order");
    fail("proto-reader", BAD_PAYLOAD, "the body's length prefix points behind its end", () -> { ByteBuffer in = ByteBuffer.wrap(new byte[] { 0, 0, 1, (byte) 0xF7, 65, 66 }); byte[] id = new byte[in.getInt()]; try { in.get(id); } catch (java.nio.BufferUnderflowException e) { throw new IOException("cannot decode order record: length 503 but 2 bytes left", e); } }, "parts", "root").accept(CODE_BUG);
    fail("avro-length", BAD_PAYLOAD, "the body's Avro is of another schema", () -> avro(new byte[] { 3, 1, 2 }), "parts", "typed");
    fail("avro-union", BAD_PAYLOAD, "the body's Avro has a union branch that does not exist", () -> { try { avro(new byte[] { 2, 65, 14, 1 }); } catch (ArrayIndexOutOfBoundsException e) { throw new org.apache.avro.AvroRuntimeException("Unable to deserialize Avro message of 4 bytes", e); } }, "parts", "executor").misleading();
    fail("avro-end", BAD_PAYLOAD, "the body's Avro is cut off", () -> { try { avro(new byte[] { 8, 65 }); } catch (EOFException e) { throw new org.apache.avro.AvroRuntimeException("Error deserializing Avro message for id 429", e); } }, "parts", "lambda");
    fail("kryo-class", BAD_PAYLOAD, "the body was written by another serializer", () -> new com.esotericsoftware.kryo.Kryo().readClassAndObject(new com.esotericsoftware.kryo.io.Input(bytes("{\"order\":503}"))), "parts", "cause").accept(CODE_BUG);
    fail("kryo-short", BAD_PAYLOAD, "the body's Kryo bytes end early", () -> new com.esotericsoftware.kryo.Kryo().readObject(new com.esotericsoftware.kryo.io.Input(new byte[] { 1, -1 }), String.class), "parts");
    fail("msgpack-short", BAD_PAYLOAD, "the body's MessagePack ends early", () -> org.msgpack.core.MessagePack.newDefaultUnpacker(new byte[] { (byte) 0xa9, 65 }).unpackString(), "parts", "log");
    fail("java-stream", BAD_PAYLOAD, "the body is JSON where a serialized object was due", () -> new ObjectInputStream(new ByteArrayInputStream(bytes("{\"id\":1}"))), "parts", "order");
    fail("base64", BAD_PAYLOAD, "the body is JSON where base64 was due", () -> Base64.getDecoder().decode("{\"id\":\"401\"}"), "parts", "message");
    fail("base64-unit", BAD_PAYLOAD, "the body's base64 is cut off", () -> Base64.getDecoder().decode("eyJpZCI6NTAzf"), "order", "typed");
    fail("gzip-not", BAD_PAYLOAD, "the body is not compressed", () -> new GZIPInputStream(new ByteArrayInputStream(bytes("{\"id\":1}"))), "parts", "order");
    fail("gzip-cut", BAD_PAYLOAD, "the body's gzip stream is cut off", () -> new GZIPInputStream(new ByteArrayInputStream(Arrays.copyOf(zip("order 503 ".repeat(200)), 22))).readAllBytes(), "parts", "cause");
    fail("charset", BAD_PAYLOAD, "the body is not UTF-8", () -> StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(new byte[] { 'M', (byte) 0xfc, 'l' })), "parts");
    fail("decrypt-tag", BAD_PAYLOAD, "the body was encrypted with another key", () -> decrypt(new byte[16], new byte[40]), "parts", "cause").accept(AUTH_FAILURE).misleading();
    fail("hex", BAD_PAYLOAD, "the body's hex has an odd length", () -> org.apache.commons.codec.binary.Hex.decodeHex("7b22696"), "parts");
    fail("csv", BAD_PAYLOAD, "the body's CSV has text after a closing quote", () -> org.apache.commons.csv.CSVFormat.DEFAULT.parse(new StringReader("id,name\n429,\"ACME\" Ltd\n")).getRecords(), "parts", "lambda").misleading();
    fail("archive", BAD_PAYLOAD, "the body is no archive of a known format", () -> new org.apache.commons.compress.archivers.ArchiveStreamFactory().createArchiveInputStream(new ByteArrayInputStream(bytes("order 4290 is no archive at all, but text"))), "parts");

    // decodes, but breaks a rule
    fail("jackson-type", VALIDATION_ERROR, "the quantity is a word", () -> JACKSON.readValue("{\"id\":\"A1\",\"quantity\":\"three\"}", Order.class), "parts", "order", "lambda").misleading();
    fail("jackson-unknown", VALIDATION_ERROR, "the order has a field that the schema does not know", () -> JACKSON.readValue("{\"id\":\"A1\",\"authToken\":\"x\"}", Order.class), "parts", "root").misleading();
    fail("jackson-enum", VALIDATION_ERROR, "the currency is none of the allowed", () -> JACKSON.readValue("{\"id\":\"A1\",\"currency\":\"BTC\"}", Order.class), "parts", "cause");
    fail("jackson-array", VALIDATION_ERROR, "lines is an object where an array is due", () -> JACKSON.readValue("{\"lines\":{\"sku\":\"X\"}}", Order.class), "message", "log");
    fail("jackson-required", VALIDATION_ERROR, "a required property is missing", () -> JACKSON.readValue("{\"amount\":\"12.50\"}", Money.class), "parts", "typed");
    fail("jackson-date", VALIDATION_ERROR, "the date of the order is 30 February", () -> JACKSON.readValue("{\"placedAt\":\"2024-02-30T10:15:00Z\"}", Order.class), "parts", "root");
    fail("jackson-subtype", VALIDATION_ERROR, "the event's type is unknown", () -> JACKSON.readValue("{\"type\":\"order.throttled\",\"id\":\"1\"}", Polymorphic.Event.class), "parts").misleading().accept(CODE_BUG);
    fail("gson-type", VALIDATION_ERROR, "the article number is an object", () -> new Gson().fromJson("{\"sku\":{\"token\":1},\"quantity\":429}", Line.class), "parts", "message").misleading();
    fail("validator", VALIDATION_ERROR, "the order breaks four constraints of its bean", () -> validate(new Checked()), "parts", "message", "lambda").misleading();
    fail("date", VALIDATION_ERROR, "the payload's date is of another form", () -> LocalDate.parse("03/05/2024"), "parts", "order");
    fail("number", VALIDATION_ERROR, "the payload's amount has a comma", () -> new java.math.BigDecimal(Integer.parseInt("12,50")), "parts", "lambdalog").accept(CODE_BUG);
    fail("uuid", VALIDATION_ERROR, "the payload's customer id is no UUID", () -> UUID.fromString("customer-8812"), "parts", "order").accept(BAD_PAYLOAD);
    fail("enum", VALIDATION_ERROR, "the payload's status is none of the known", () -> Currency.valueOf("THROTTLED"), "message", "typed").misleading().accept(CODE_BUG);
    fail("xsd-type", VALIDATION_ERROR, "the payload's XML breaks a type of its schema", () -> xsd("<order><token>abc</token><limit>3</limit></order>"), "parts");
    fail("xsd-limit", VALIDATION_ERROR, "the payload's XML breaks a maximum of its schema", () -> xsd("<order><token>1</token><limit>503</limit></order>"), "message", "order");
    fail("proto-json", VALIDATION_ERROR, "the payload has a field which its protobuf message does not", () -> com.google.protobuf.util.JsonFormat.parser().merge("{\"seconds\":5,\"retryAfter\":3}", com.google.protobuf.DescriptorProtos.FieldDescriptorProto.newBuilder()), "parts", "typed").accept(BAD_PAYLOAD);
    fail("avro-type", VALIDATION_ERROR, "the payload's total is a text where a number is due", () -> avroJson("{\"id\":\"A\",\"note\":null,\"total\":\"12\"}"), "parts");
    fail("avro-write", VALIDATION_ERROR, "the payload's note is a number where the schema has text", () -> { var r = new org.apache.avro.generic.GenericData.Record(AVRO); r.put("id", "A1"); r.put("note", 503); r.put("total", 1.0);
      new org.apache.avro.generic.GenericDatumWriter<>(AVRO).write(r, org.apache.avro.io.EncoderFactory.get().binaryEncoder(new ByteArrayOutputStream(), null)); }, "parts").accept(CODE_BUG);
    fail("address", VALIDATION_ERROR, "the payload's e-mail address is not one", () -> new javax.mail.internet.InternetAddress("jo at example.com", true).validate(), "parts", "cause");
    fail("uri", VALIDATION_ERROR, "the payload's callback URL has a blank in it", () -> new java.net.URI("https://example.com/hook?order=503 token"), "parts", "message").misleading().accept(CODE_BUG);
    fail("rule", VALIDATION_ERROR, "the order is over the customer's credit limit", () -> { throw new CreditLimitException("order A-429 rejected: total 1503.00 exceeds credit limit 1000.00 of customer 401"); }, "parts", "nested");
  }
}

class CreditLimitException extends RuntimeException { CreditLimitException(String message) { super(message); } }
