package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/tls"
	"crypto/x509"
	"database/sql"
	"encoding/base64"
	"encoding/csv"
	"encoding/gob"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"text/template"
	"time"

	"github.com/Shopify/sarama"
	"github.com/avast/retry-go"
	"github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/aws/credentials"
	"github.com/aws/aws-sdk-go/aws/session"
	"github.com/aws/aws-sdk-go/service/dynamodb"
	"github.com/aws/aws-sdk-go/service/kms"
	"github.com/aws/aws-sdk-go/service/s3"
	"github.com/aws/aws-sdk-go/service/sqs"
	"github.com/go-ldap/ldap"
	"github.com/go-playground/validator/v10"
	"github.com/go-sql-driver/mysql"
	"github.com/golang-jwt/jwt"
	"github.com/golang/protobuf/proto"
	"github.com/gomodule/redigo/redis"
	"github.com/hashicorp/go-multierror"
	"github.com/hashicorp/go-retryablehttp"
	"github.com/jackc/pgx/v4"
	"github.com/kelseyhightower/envconfig"
	"github.com/lib/pq"
	"github.com/linkedin/goavro"
	"github.com/nats-io/nats.go"
	amqp "github.com/rabbitmq/amqp091-go"
	"github.com/vmihailenco/msgpack/v5"
	"github.com/xeipuuv/gojsonschema"
	"golang.org/x/oauth2"
	"golang.org/x/time/rate"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	health "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
	"gopkg.in/yaml.v3"
)

// --- short ways to the other side ---------------------------------------------------------------------------------------------

func port(name string) string { return "127.0.0.1:" + os.Getenv(name) }

func pqOpen(user, password, options string) *sql.DB {
	db, _ := sql.Open("postgres", fmt.Sprintf("host=127.0.0.1 port=%s user=%s password=%s dbname=shop sslmode=disable %s", os.Getenv("PG_PORT"), user, password, options))
	return db
}
func pqExec(options, statement string, values ...interface{}) error {
	db := pqOpen("shop", "right", options)
	defer db.Close()
	_, err := db.Exec(statement, values...)
	return err
}
func mysqlExec(user, password, statement string, values ...interface{}) error {
	mysql.SetLogger(quiet{})
	db, _ := sql.Open("mysql", fmt.Sprintf("%s:%s@tcp(%s)/shop", user, password, port("MYSQL_PORT")))
	defer db.Close()
	_, err := db.Exec(statement, values...)
	return err
}

type quiet struct{}

func (quiet) Print(...interface{}) {}

func redisDo(where string, command string, values ...interface{}) error {
	c, err := redis.Dial("tcp", port(where), redis.DialReadTimeout(300*time.Millisecond))
	if err != nil {
		return err
	}
	defer c.Close()
	_, err = c.Do(command, values...)
	return err
}
func get(path string) error {
	response, err := http.Get(os.Getenv("HTTP") + path)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode >= 400 {
		return &statusError{"GET", "https://api.orders.example/v1" + path, response.StatusCode, string(body)}
	}
	return json.Unmarshal(body, &map[string]interface{}{})
}

// What many a hand-written client does with an answer that is not a success.
type statusError struct {
	method, url string
	status      int
	body        string
}

func (e *statusError) Error() string {
	return fmt.Sprintf("%s %s: unexpected status %d %s: %s", e.method, e.url, e.status, http.StatusText(e.status), e.body)
}
func (e *statusError) StatusCode() int { return e.status }

func secure(where string, configuration *tls.Config) error {
	pem, _ := os.ReadFile(os.Getenv("CA"))
	if configuration == nil {
		pool := x509.NewCertPool()
		pool.AppendCertsFromPEM(pem)
		configuration = &tls.Config{RootCAs: pool}
	}
	client := http.Client{Transport: &http.Transport{TLSClientConfig: configuration, TLSHandshakeTimeout: 400 * time.Millisecond}}
	response, err := client.Get("https://localhost:" + os.Getenv(where) + "/v1/orders/401")
	if err == nil {
		_, err = io.ReadAll(response.Body)
	}
	return err
}
func awsSession(path string) *session.Session {
	return session.Must(session.NewSession(&aws.Config{Region: aws.String("eu-central-1"), Endpoint: aws.String(os.Getenv("HTTP") + "/" + path),
		Credentials: credentials.NewStaticCredentials("AKIDEXAMPLE", "secret", ""), MaxRetries: aws.Int(0), S3ForcePathStyle: aws.Bool(true)}))
}
func send(path string) func() error {
	return func() error {
		_, err := sqs.New(awsSession(path)).SendMessage(&sqs.SendMessageInput{QueueUrl: aws.String(os.Getenv("HTTP") + "/" + path), MessageBody: aws.String("{}")})
		return err
	}
}
func object(path string) func() error {
	return func() error {
		_, err := s3.New(awsSession(path)).GetObject(&s3.GetObjectInput{Bucket: aws.String("shop-orders-prod"), Key: aws.String("orders/8812.json")})
		return err
	}
}
func item(path string) func() error {
	return func() error {
		_, err := dynamodb.New(awsSession(path)).PutItem(&dynamodb.PutItemInput{TableName: aws.String("orders"), Item: map[string]*dynamodb.AttributeValue{"id": {S: aws.String("8812")}}})
		return err
	}
}
func decrypt(path string) func() error {
	return func() error {
		_, err := kms.New(awsSession(path)).Decrypt(&kms.DecryptInput{CiphertextBlob: []byte("x")})
		return err
	}
}
func amqpDial(user, password string) error {
	_, err := amqp.Dial(fmt.Sprintf("amqp://%s:%s@%s/", user, password, port("AMQP_PORT")))
	return err
}

// A gRPC service that answers with the status that is asked for.
type answers struct {
	health.UnimplementedHealthServer
}

func (answers) Check(ctx context.Context, in *health.HealthCheckRequest) (*health.HealthCheckResponse, error) {
	if in.Service == "slow" {
		time.Sleep(2 * time.Second)
	}
	if parts := strings.SplitN(in.Service, "|", 2); len(parts) == 2 {
		code, _ := strconv.Atoi(parts[0])
		return nil, status.Error(codes.Code(code), parts[1])
	}
	return &health.HealthCheckResponse{}, nil
}

var grpcOnce sync.Once
var grpcAddress string

func call(service string) error {
	grpcOnce.Do(func() {
		listener, _ := net.Listen("tcp", "127.0.0.1:0")
		grpcAddress = listener.Addr().String()
		server := grpc.NewServer(grpc.MaxRecvMsgSize(1000))
		health.RegisterHealthServer(server, answers{})
		go server.Serve(listener)
	})
	return callAt(grpcAddress, service)
}
func callAt(address, service string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 600*time.Millisecond)
	defer cancel()
	connection, err := grpc.Dial(address, grpc.WithInsecure())
	if err != nil {
		return err
	}
	defer connection.Close()
	_, err = health.NewHealthClient(connection).Check(ctx, &health.HealthCheckRequest{Service: service})
	return err
}

type order struct {
	ID       int     `json:"id" validate:"required"`
	Quantity int     `json:"quantity" validate:"gte=1"`
	Email    string  `json:"email" validate:"required,email"`
	Timeout  int     `json:"timeout" validate:"max=30"`
	Token    string  `json:"token" validate:"omitempty,len=12"`
	Price    float64 `json:"price"`
	Lines    []struct {
		SKU string `json:"sku"`
	} `json:"lines"`
}

func decode(body string) error { return json.Unmarshal([]byte(body), &order{}) }

var byDoing = fmt.Errorf // reads as: what the consumer was doing when it failed

var auth, valid, bad, timeout, slow, dep, full, bug, unknown = "AUTH_FAILURE", "VALIDATION_ERROR", "BAD_PAYLOAD", "TIMEOUT", "THROTTLED", "DEPENDENCY_FAILURE", "RESOURCE_EXHAUSTED", "CODE_BUG", "UNKNOWN"

// --- the scenarios ------------------------------------------------------------------------------------------------------------

var scenarios []scenario

func init() {
	scenarios = []scenario{
		// the log-in
		{name: "pq-password", class: auth, cause: "the password of the database user is wrong", wraps: "typed order", do: func() error { db := pqOpen("shop", "wrong", ""); defer db.Close(); return db.Ping() }},
		{name: "pgx-password", class: auth, misleading: true, cause: "pgx connects with a wrong password and speaks of a failed connection", wraps: "message stack", do: func() error {
			_, err := pgx.Connect(context.Background(), fmt.Sprintf("postgres://shop:wrong@%s/shop?sslmode=disable", port("PG_PORT")))
			return err
		}},
		{name: "mysql-password", class: auth, cause: "the password of the MariaDB user is wrong", wraps: "log", do: func() error { return mysqlExec("shop", "wrong", "select 1") }},
		{name: "redis-noauth", class: auth, cause: "the Redis server wants a password and none was sent", wraps: "message json", do: func() error { return redisDo("REDIS_AUTH_PORT", "GET", "order:503") }},
		{name: "ldap-bind", class: auth, cause: "the LDAP bind was made with a wrong password", wraps: "typed", do: func() error {
			c, err := ldap.Dial("tcp", port("LDAP_PORT"))
			if err != nil {
				return err
			}
			defer c.Close()
			return c.Bind("cn=admin,dc=shop", "wrong")
		}},
		{name: "jwt-expired", class: auth, misleading: true, cause: "the token of the caller expired an hour ago", wraps: "typed order", do: func() error {
			text, _ := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{"exp": time.Now().Add(-time.Hour).Unix()}).SignedString([]byte("k"))
			_, err := jwt.Parse(text, func(*jwt.Token) (interface{}, error) { return []byte("k"), nil })
			return err
		}},
		{name: "jwt-signature", class: auth, cause: "the token was signed with another key", wraps: "json", do: func() error {
			text, _ := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{}).SignedString([]byte("other"))
			_, err := jwt.Parse(text, func(*jwt.Token) (interface{}, error) { return []byte("k"), nil })
			return err
		}},
		{name: "oauth2-grant", class: auth, misleading: true, cause: "the token endpoint answers 400 since the refresh token was revoked", wraps: "order log", do: func() error {
			c := oauth2.Config{ClientID: "shop", Endpoint: oauth2.Endpoint{TokenURL: os.Getenv("HTTP") + "/grant400", AuthStyle: oauth2.AuthStyleInParams}}
			_, err := c.TokenSource(context.Background(), &oauth2.Token{RefreshToken: "x"}).Token()
			return err
		}},
		{name: "sqs-token", class: auth, cause: "the access key of the consumer does not exist", wraps: "typed", do: send("sqstoken")},
		{name: "s3-expired-400", class: auth, misleading: true, cause: "S3 answers 400 ExpiredToken", wraps: "typed message", do: object("s3expired")},
		{name: "kms-denied", class: auth, misleading: true, cause: "the role may not decrypt with the key, which AWS answers with status 400", wraps: "typed", do: decrypt("kmsdenied")},
		{name: "aws-no-credentials", class: auth, accept: []string{bug}, cause: "no credentials are to be found in the environment", wraps: "typed", do: func() error {
			os.Setenv("AWS_EC2_METADATA_DISABLED", "true")
			os.Setenv("HOME", "/nonexistent")
			s := session.Must(session.NewSession(&aws.Config{Region: aws.String("eu-central-1"), Endpoint: aws.String(os.Getenv("HTTP"))}))
			_, err := s3.New(s).ListBuckets(&s3.ListBucketsInput{})
			return err
		}},
		{name: "tls-client-certificate", class: auth, misleading: true, cause: "the server wants a client certificate and none is sent", wraps: "message order", do: func() error { return secure("TLS_MUTUAL_PORT", nil) }},
		{name: "amqp-refused", class: auth, cause: "the password of the RabbitMQ user is wrong; the library speaks of a refused access while it opens the connection", wraps: "typed json", do: func() error { return amqpDial("shop", "wrong") }},
		{name: "grpc-unauthenticated", class: auth, cause: "the gRPC service does not accept the token", wraps: "message", do: func() error { return call("16|token is expired by 5m3s") }},
		{name: "inner-401-of-500", class: auth, misleading: true, cause: "the order service answers 500 since its own upstream refused its signature", wraps: "typed", do: func() error { return get("/inner500auth") }},
		{name: "multi-refused-and-login", class: auth, misleading: true, cause: "one of two databases is down, the other refuses the log-in", wraps: "message", do: func() error {
			var all *multierror.Error
			_, down := net.Dial("tcp", port("CLOSED_PORT"))
			all = multierror.Append(all, byDoing("replica: %w", down))
			db := pqOpen("reader", "old", "")
			defer db.Close()
			return multierror.Append(all, byDoing("primary: %w", db.Ping()))
		}},
		{name: "pq-denied-table", class: auth, cause: "the database user may not write this table", wraps: "message", do: func() error {
			db := pqOpen("reader", "right", "")
			defer db.Close()
			_, err := db.Exec("insert into orders (id) values (503)")
			return err
		}},

		// the data
		{name: "validator-fields", class: valid, misleading: true, cause: "the fields Timeout and Token break the rules of the struct", wraps: "typed message", do: func() error {
			return validator.New().Struct(order{ID: 503, Quantity: 1, Email: "a@b.example", Timeout: 60, Token: "abc"})
		}},
		{name: "pq-unique", class: valid, cause: "an order with this reference exists already", wraps: "typed stack", do: func() error {
			return pqExec("", "insert into orders values (401, 1, 5, 'x@y.example', 'R-429')")
		}},
		{name: "pq-check", class: valid, misleading: true, cause: "the coupon's timeout is outside what the table's constraint allows", wraps: "order", do: func() error {
			return pqExec("", "insert into coupons values ('A', 503)")
		}},
		{name: "pq-too-long", class: valid, cause: "the coupon's token is longer than its column", wraps: "json", do: func() error {
			return pqExec("", "insert into coupons (token) values ($1)", "0123456789abcdef")
		}},
		{name: "mysql-foreign", class: valid, cause: "the order's customer does not exist", wraps: "typed", do: func() error {
			return mysqlExec("shop", "right", "insert into orders values (503, 404, 5, 'x@y.example', 'R-503')")
		}},
		{name: "json-type", class: valid, misleading: true, cause: "quantity is a text in well-formed JSON", wraps: "typed order", do: func() error { return decode(`{"id": 8812, "quantity": "two"}`) }},
		{name: "json-overflow", class: valid, misleading: true, cause: "id is a number with a fraction", wraps: "log", do: func() error { return decode(`{"id": 503.4}`) }},
		{name: "schema", class: valid, cause: "the message lacks what its JSON schema requires", wraps: "message", do: func() error {
			result, err := gojsonschema.Validate(gojsonschema.NewStringLoader(`{"required":["order_id"],"properties":{"token":{"maxLength":8},"limit":{"maximum":100}}}`), gojsonschema.NewStringLoader(`{"token":"0123456789","limit":429}`))
			if err != nil {
				return err
			}
			texts := []string{}
			for _, one := range result.Errors() {
				texts = append(texts, one.String())
			}
			return byDoing("message does not match schema order-v4: %s", strings.Join(texts, "; "))
		}},
		{name: "atoi-field", class: valid, misleading: true, accept: []string{bad}, cause: "the field quantity holds a word", wraps: "message", do: func() error {
			_, err := strconv.Atoi("many")
			return byDoing("order 429: field quantity: %w", err)
		}},
		{name: "time-field", class: valid, misleading: true, accept: []string{bad}, cause: "the field delivery_date has another format", wraps: "json", do: func() error {
			_, err := time.Parse(time.RFC3339, "31.12.2023")
			return byDoing("delivery_date: %w", err)
		}},
		{name: "sqs-visibility", class: valid, misleading: true, cause: "the message asks for a visibility timeout beyond the limit", wraps: "typed", do: send("sqsparameter")},
		{name: "ddb-condition", class: valid, cause: "the condition of the write does not hold", wraps: "typed lambda", do: item("ddbcondition")},
		{name: "s3-no-key", class: valid, cause: "the object that the message names does not exist", wraps: "typed", do: object("s3nokey")},
		{name: "grpc-too-large", class: valid, accept: []string{full}, misleading: true, cause: "the request is larger than the service takes", wraps: "message order", do: func() error { return call("0" + strings.Repeat("x", 5000)) }},
		{name: "no-rows", class: valid, cause: "the customer that the message names does not exist", wraps: "message", do: func() error {
			db := pqOpen("shop", "right", "")
			defer db.Close()
			var name string
			return byDoing("load customer 404 of order 503: %w", db.QueryRow("select name from customers where id = 404").Scan(&name))
		}},
		{name: "http-422", class: valid, misleading: true, cause: "the order service refuses the field timeout", wraps: "typed log", do: func() error { return get("/invalid422") }},
		{name: "inner-validation-of-500", class: valid, misleading: true, cause: "the order service answers 500 around a failed validation", wraps: "typed", do: func() error { return get("/inner500validation") }},
		{name: "multi-refused-and-constraint", class: valid, misleading: true, cause: "the cache is down and the row breaks a constraint", wraps: "message", do: func() error {
			all := multierror.Append(nil, byDoing("cache: %w", redisDo("CLOSED_PORT", "SET", "a", "b")))
			return multierror.Append(all, byDoing("store: %w", pqExec("", "insert into orders values (9, 1, -5, 'x@y.example', 'R-9')")))
		}},

		// the body
		{name: "json-syntax", class: bad, cause: "the message's body is a text of form key=value", wraps: "typed order", do: func() error { return decode("order=503&quantity=2") }},
		{name: "json-html-body", class: bad, misleading: true, cause: "the queue message's body is a mail in HTML", wraps: "message", do: func() error { return byDoing("decode SQS message body: %w", decode("<p>Order 8812</p>")) }},
		{name: "json-empty", class: bad, cause: "the message's body is empty", wraps: "message", do: func() error { return byDoing("unmarshal record body: %w", decode("")) }},
		{name: "json-cut", class: bad, misleading: true, cause: "the message's body was cut within a string", wraps: "json", do: func() error {
			return byDoing("reading message body: %w", json.NewDecoder(strings.NewReader(`{"id": 429, "email": "ada@exa`)).Decode(&order{}))
		}},
		{name: "base64", class: bad, cause: "the body is not base64", wraps: "typed", do: func() error { _, err := base64.StdEncoding.DecodeString("eyJpZCI6IDQyOX0*"); return err }},
		{name: "gzip-header", class: bad, cause: "the body is not gzip", wraps: "order", do: func() error { _, err := gzip.NewReader(strings.NewReader("order 8812, two pieces")); return err }},
		{name: "gzip-cut", class: bad, misleading: true, cause: "the gzip body was cut", wraps: "message", do: func() error {
			var all bytes.Buffer
			w := gzip.NewWriter(&all)
			w.Write(bytes.Repeat([]byte("order"), 1000))
			w.Close()
			r, err := gzip.NewReader(bytes.NewReader(all.Bytes()[:20]))
			if err != nil {
				return err
			}
			_, err = io.ReadAll(r)
			return byDoing("decompress message payload: %w", err)
		}},
		{name: "protobuf", class: bad, cause: "the body is JSON and not protobuf", wraps: "typed log", do: func() error {
			return byDoing("unmarshal OrderPlaced from message body: %w", proto.Unmarshal([]byte(`{"service": "order"}`), &health.HealthCheckRequest{}))
		}},
		{name: "xml", class: bad, cause: "an element of the XML body is not closed", wraps: "typed stack", do: func() error { return xml.Unmarshal([]byte("<order><id>503</id><lines></order>"), &struct{ ID int }{}) }},
		{name: "msgpack", class: bad, cause: "the body is not MessagePack", wraps: "message", do: func() error { return msgpack.Unmarshal([]byte("order 503"), &map[string]string{}) }},
		{name: "gob", class: bad, cause: "the body is not gob", wraps: "order", do: func() error {
			return byDoing("gob payload: %w", gob.NewDecoder(strings.NewReader("{\"id\": 401}")).Decode(&order{}))
		}},
		{name: "avro", class: bad, cause: "the Avro body ends too early", wraps: "json", misleading: true, do: func() error {
			codec, err := goavro.NewCodec(`{"type":"record","name":"Order","fields":[{"name":"id","type":"long"},{"name":"token","type":"string"}]}`)
			if err != nil {
				return err
			}
			_, _, err = codec.NativeFromBinary([]byte{0x02, 0x20, 'a'})
			return err
		}},
		{name: "decrypt-gcm", class: bad, misleading: true, cause: "the encrypted body was damaged on its way", wraps: "message", do: func() error {
			block, _ := aes.NewCipher(bytes.Repeat([]byte("k"), 32))
			gcm, _ := cipher.NewGCM(block)
			sealed := gcm.Seal(nil, make([]byte, 12), []byte("{}"), nil)
			sealed[0] ^= 1
			_, err := gcm.Open(nil, make([]byte, 12), sealed, nil)
			return byDoing("decrypt message body: %w", err)
		}},
		{name: "kms-cipher", class: bad, misleading: true, accept: []string{auth}, cause: "the ciphertext in the message was never made by this key", wraps: "typed", do: decrypt("kmscipher")},
		{name: "csv", class: bad, cause: "a line of the CSV body has a stray quote", accept: []string{valid}, wraps: "typed", do: func() error { _, err := csv.NewReader(strings.NewReader("id,sku\n503,a\"b\n")).ReadAll(); return err }},
		{name: "yaml", class: bad, cause: "the YAML body mixes tabs and blanks", wraps: "message", do: func() error {
			return byDoing("message body: %w", yaml.Unmarshal([]byte("order: 503\n\tsku: a"), &map[string]interface{}{}))
		}},

		// the time
		{name: "http-client-timeout", class: timeout, cause: "the server does not answer within the client's time-out", wraps: "typed order", do: func() error {
			_, err := (&http.Client{Timeout: 200 * time.Millisecond}).Get(os.Getenv("HTTP") + "/slow?order=503")
			return err
		}},
		{name: "http-body-timeout", class: timeout, misleading: true, cause: "the server stops in the middle of its JSON answer", wraps: "message", do: func() error {
			response, err := (&http.Client{Timeout: 200 * time.Millisecond}).Get(os.Getenv("HTTP") + "/slowbody")
			if err != nil {
				return err
			}
			return byDoing("decode response: %w", json.NewDecoder(response.Body).Decode(&order{}))
		}},
		{name: "http-header-timeout", class: timeout, cause: "no headers come within the transport's time-out", wraps: "json", do: func() error {
			_, err := (&http.Client{Transport: &http.Transport{ResponseHeaderTimeout: 200 * time.Millisecond}}).Get(os.Getenv("HTTP") + "/slow")
			return err
		}},
		{name: "tls-handshake-timeout", class: timeout, cause: "the server never answers the TLS hello", wraps: "message", do: func() error { return secure("SILENT_PORT", nil) }},
		{name: "dial-timeout", class: timeout, cause: "the server's backlog is full, connecting runs out of time", wraps: "typed stack", do: func() error { _, err := net.DialTimeout("tcp", port("FULL_PORT"), 500*time.Millisecond); return err }},
		{name: "context-deadline", class: timeout, cause: "the context of the request ran out", wraps: "message", do: func() error {
			ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
			defer cancel()
			request, _ := http.NewRequestWithContext(ctx, "POST", os.Getenv("HTTP")+"/slow/orders/422", nil)
			_, err := http.DefaultClient.Do(request)
			return err
		}},
		{name: "pq-statement-timeout", class: timeout, cause: "the statement took longer than statement_timeout", wraps: "typed order", do: func() error { return pqExec("statement_timeout=200", "select pg_sleep(3)") }},
		{name: "pq-lock-timeout", class: timeout, cause: "a lock of the row was not had within lock_timeout", wraps: "message", do: func() error {
			db := pqOpen("shop", "right", "")
			defer db.Close()
			tx, _ := db.Begin()
			defer tx.Rollback()
			tx.Exec("update orders set amount = 11 where id = 1")
			return pqExec("lock_timeout=200", "update orders set amount = 12 where id = 1")
		}},
		{name: "mysql-lock-wait", class: timeout, cause: "a row lock was not had within innodb_lock_wait_timeout", wraps: "typed", do: func() error {
			db, _ := sql.Open("mysql", fmt.Sprintf("shop:right@tcp(%s)/shop", port("MYSQL_PORT")))
			defer db.Close()
			tx, err := db.Begin()
			if err != nil {
				return err
			}
			defer tx.Rollback()
			tx.Exec("update orders set amount = 11 where id = 1")
			return mysqlExec("shop", "right", "update orders set amount = 12 where id = 1")
		}},
		{name: "redis-read-timeout", class: timeout, cause: "the Redis server does not answer", wraps: "message log", do: func() error { return redisDo("SILENT_PORT", "GET", "order:429") }},
		{name: "grpc-deadline", class: timeout, cause: "the gRPC service is slower than the deadline", wraps: "typed", do: func() error { return call("slow") }},
		{name: "command-deadline", class: timeout, misleading: true, accept: []string{full}, cause: "the converter ran into the context's deadline and was killed for it", wraps: "order", do: func() error {
			ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
			defer cancel()
			err := exec.CommandContext(ctx, "sleep", "5").Run()
			return byDoing("convert invoice: %v (%w)", err, ctx.Err())
		}},
		{name: "s3-request-timeout", class: timeout, misleading: true, cause: "S3 answers 400 RequestTimeout", wraps: "typed", do: object("s3timeout")},
		{name: "http-504", class: timeout, cause: "the gateway answers 504", wraps: "typed", do: func() error { return get("/html504") }},

		// the pace
		{name: "sqs-throttled-403", class: slow, misleading: true, cause: "SQS answers 403 RequestThrottled", wraps: "typed message", do: send("sqsthrottle")},
		{name: "ddb-throughput", class: slow, cause: "the table's throughput is used up", wraps: "typed order", do: item("ddbthroughput")},
		{name: "s3-slowdown", class: slow, misleading: true, cause: "S3 answers 503 SlowDown", wraps: "message json", do: object("s3slowdown")},
		{name: "kms-rate", class: slow, cause: "KMS answers ThrottlingException with status 400", wraps: "typed", do: decrypt("kmslimit")},
		{name: "http-429", class: slow, cause: "the service answers 429", wraps: "typed", do: func() error { return get("/limit429") }},
		{name: "http-403-rate", class: slow, misleading: true, cause: "the service answers 403 for a rate limit", wraps: "typed log", do: func() error { return get("/limit403") }},
		{name: "http-503-rate", class: slow, misleading: true, cause: "the service answers 503 ServerBusy for the request rate", wraps: "order", do: func() error { return get("/throttle503") }},
		{name: "inner-429-of-500", class: slow, misleading: true, cause: "the service answers 500 around a 429 of its upstream", wraps: "typed", do: func() error { return get("/throttle500") }},
		{name: "grpc-quota", class: slow, cause: "the gRPC service's quota is used up", wraps: "message handler", do: func() error {
			return call("8|Quota exceeded for quota metric 'Write requests' and limit 'Write requests per minute' of service 'orders.example'")
		}},
		{name: "mysql-hourly", class: slow, misleading: true, accept: []string{full}, cause: "the database user used up its queries per hour", wraps: "typed", do: func() error {
			var err error
			for i := 0; i < 5 && err == nil; i++ {
				err = mysqlExec("hourly", "right", "select 1")
			}
			return err
		}},
		{name: "rate-limiter", class: slow, misleading: true, accept: []string{timeout}, cause: "the own rate limiter would have to wait longer than the deadline", wraps: "message", do: func() error {
			limiter := rate.NewLimiter(rate.Every(time.Minute), 1)
			limiter.Allow()
			ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
			defer cancel()
			return byDoing("throttle calls to the payment API: %w", limiter.Wait(ctx))
		}},
		{name: "retries-around-429", class: slow, cause: "three attempts ended in 429 each", wraps: "message", do: func() error {
			return retry.Do(func() error { return get("/limit429") }, retry.Attempts(3), retry.Delay(time.Millisecond))
		}},

		// the others
		{name: "pq-refused", class: dep, cause: "nothing listens on the database's port", wraps: "typed order", do: func() error { return pqExec("port="+os.Getenv("CLOSED_PORT"), "select 1") }},
		{name: "redis-refused", class: dep, cause: "nothing listens on the cache's port", wraps: "log", do: func() error { return redisDo("CLOSED_PORT", "GET", "token:401") }},
		{name: "http-reset", class: dep, cause: "the server resets the connection", wraps: "typed", do: func() error { return get("/reset") }},
		{name: "http-eof", class: dep, cause: "the server hangs up without an answer", wraps: "message stack", do: func() error { return get("/hangup") }},
		{name: "http-cut", class: dep, misleading: true, cause: "the server hangs up in the middle of its JSON", wraps: "message", do: func() error {
			response, err := http.Get(os.Getenv("HTTP") + "/cut")
			if err != nil {
				return err
			}
			return byDoing("GET /v1/stock: decode response: %w", json.NewDecoder(response.Body).Decode(&order{}))
		}},
		{name: "dns", class: dep, cause: "the host name does not exist", wraps: "typed", do: func() error { _, err := http.Get("http://inventory.shop.invalid/v1/stock/503"); return err }},
		{name: "http-html", class: dep, misleading: true, accept: []string{bad}, cause: "the upstream answers a maintenance page where JSON was expected", wraps: "order json", do: func() error {
			err := get("/html200")
			return byDoing("inventory client: GET %s/html200: %w", "http://inventory.internal:8080", err)
		}},
		{name: "http-502", class: dep, cause: "the gateway answers 502", wraps: "typed", do: func() error { return get("/html502") }},
		{name: "http-500-oom", class: dep, misleading: true, cause: "the upstream answers 500 with its own out of memory", wraps: "typed", do: func() error { return get("/oom500") }},
		{name: "breaker", class: dep, cause: "the mesh's circuit breaker for the upstream is open", wraps: "typed", do: func() error { return get("/breaker503") }},
		{name: "x509-expired", class: dep, misleading: true, cause: "the server's certificate expired", wraps: "message order", do: func() error { return secure("TLS_EXPIRED_PORT", nil) }},
		{name: "x509-host", class: dep, cause: "the server's certificate is for another host", wraps: "typed", do: func() error { return secure("TLS_WRONGHOST_PORT", nil) }},
		{name: "x509-authority", class: dep, cause: "the server's certificate is self-signed", wraps: "json", do: func() error { return secure("TLS_SELFSIGNED_PORT", &tls.Config{}) }},
		{name: "pq-shutdown", class: dep, cause: "the database is shutting down", wraps: "typed", do: func() error { return pqExec("port="+os.Getenv("PG_CLOSING_PORT"), "select 1") }},
		{name: "pq-deadlock", class: dep, cause: "two transactions lock each other out", wraps: "message", do: func() error {
			db := pqOpen("shop", "right", "")
			defer db.Close()
			a, _ := db.Begin()
			b, _ := db.Begin()
			defer a.Rollback()
			defer b.Rollback()
			a.Exec("update orders set amount = 1 where id = 1")
			b.Exec("update orders set amount = 1 where id = 2")
			other := make(chan error, 1)
			go func() { _, err := a.Exec("update orders set amount = 2 where id = 2"); other <- err }()
			time.Sleep(50 * time.Millisecond)
			if _, err := b.Exec("update orders set amount = 2 where id = 1"); err != nil {
				return err
			}
			return <-other
		}},
		{name: "pq-terminated", class: dep, cause: "an administrator ends the session", wraps: "typed", do: func() error { return pqExec("user=postgres", "select pg_terminate_backend(pg_backend_pid())") }},
		{name: "mysql-killed", class: dep, misleading: true, cause: "the session is killed on the server", wraps: "message", do: func() error { return mysqlExec("shop", "right", "kill connection_id()") }},
		{name: "redis-replica", class: dep, accept: []string{bug}, cause: "after a failover the client still writes to the replica", wraps: "message", do: func() error { return redisDo("REDIS_REPLICA_PORT", "SET", "order:8812", "x") }},
		{name: "sarama", class: dep, misleading: true, cause: "no Kafka broker listens", wraps: "typed handler", do: func() error {
			c := sarama.NewConfig()
			c.Metadata.Retry.Max = 0
			_, err := sarama.NewClient([]string{port("CLOSED_PORT")}, c)
			return err
		}},
		{name: "nats", class: dep, cause: "no NATS server listens", wraps: "message", do: func() error { _, err := nats.Connect("nats://" + port("CLOSED_PORT")); return err }},
		{name: "grpc-unavailable", class: dep, cause: "nothing listens on the gRPC service's port", wraps: "typed", do: func() error { return callAt(port("CLOSED_PORT"), "") }},
		{name: "retryable-gave-up", class: dep, cause: "nothing listens on the upstream's port at any attempt", wraps: "message", do: func() error {
			c := retryablehttp.NewClient()
			c.Logger, c.RetryMax, c.RetryWaitMin, c.RetryWaitMax = nil, 2, time.Millisecond, time.Millisecond
			_, err := c.Get("http://" + port("CLOSED_PORT") + "/v1/orders/429")
			return err
		}},
		{name: "redirects", class: dep, accept: []string{bug}, cause: "the upstream redirects to itself for ever", wraps: "message", do: func() error { return get("/loop") }},

		// the room
		{name: "open-files", class: full, misleading: true, under: "ulimit -n 12;", cause: "the process has no file descriptors left when it connects", wraps: "message exec", crash: func() {
			for i := 0; ; i++ {
				if _, err := net.Dial("tcp", port("SILENT_PORT")); err != nil {
					fmt.Fprintf(os.Stderr, "2024/05/03 04:29:01 order %d: inventory: %v\n", 503+i, err)
					os.Exit(1)
				}
			}
		}},
		{name: "disk-full", class: full, cause: "the disk is full", wraps: "typed order", do: func() error { return os.WriteFile(os.Getenv("TARGETS")+"/export.csv", make([]byte, 100), 0o600) }},
		{name: "pq-too-many-clients", class: full, cause: "all connections of the database are taken", wraps: "typed message", do: func() error {
			for i := 0; i < 40; i++ {
				db := pqOpen("shop", "right", "")
				defer db.Close()
				if err := db.Ping(); err != nil {
					return err
				}
			}
			return nil
		}},
		{name: "pq-role-limit", class: full, cause: "the role's connection limit is reached", wraps: "json", do: func() error {
			db := pqOpen("single", "right", "")
			defer db.Close()
			db.Ping()
			again := pqOpen("single", "right", "")
			defer again.Close()
			return again.Ping()
		}},
		{name: "mysql-user-limit", class: full, cause: "the user has as many connections as it may", wraps: "typed", do: func() error {
			db, _ := sql.Open("mysql", fmt.Sprintf("single:right@tcp(%s)/shop", port("MYSQL_PORT")))
			defer db.Close()
			db.Ping()
			return mysqlExec("single", "right", "select 1")
		}},
		{name: "redigo-pool", class: full, cause: "all connections of the pool are in use", wraps: "typed stack", do: func() error {
			pool := &redis.Pool{MaxActive: 1, Dial: func() (redis.Conn, error) { return redis.Dial("tcp", port("REDIS_PORT")) }}
			defer pool.Close()
			first := pool.Get()
			defer first.Close()
			return pool.Get().Err()
		}},
		{name: "sql-pool-wait", class: full, misleading: true, cause: "the wait for a connection of the pool ran out", wraps: "message", do: func() error {
			db := pqOpen("shop", "right", "")
			defer db.Close()
			db.SetMaxOpenConns(1)
			held, _ := db.Conn(context.Background())
			defer held.Close()
			ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
			defer cancel()
			_, err := db.Conn(ctx)
			return byDoing("orders: acquire connection from pool (open=1 in_use=1 max=1): %w", err)
		}},
		{name: "redis-maxclients", class: full, cause: "the Redis server takes no more clients", wraps: "message", do: func() error { return redisDo("REDIS_FULL_PORT", "PING") }},
		{name: "redis-memory", class: full, accept: []string{dep}, cause: "the Redis server is at its memory limit", wraps: "typed", do: func() error { return redisDo("REDIS_SMALL_PORT", "SET", "order:503", "x") }},
		{name: "out-of-memory", class: full, under: "ulimit -v 1500000;", cause: "the heap grows beyond the address space", wraps: "stderr exec", crash: func() {
			all := [][]byte{}
			for {
				all = append(all, bytes.Repeat([]byte("x"), 16<<20))
			}
		}},
		{name: "threads", class: full, under: "ulimit -u 12; setpriv --reuid 65534 --clear-groups", cause: "the process may not start more threads", wraps: "stderr", crash: func() {
			for i := 0; i < 60; i++ {
				go func() { runtime.LockOSThread(); time.Sleep(5 * time.Second) }()
			}
			time.Sleep(3 * time.Second)
		}},
		{name: "killed-by-watchdog", class: full, cause: "the child outgrew its memory and was killed", wraps: "message", do: func() error {
			child := exec.Command("sh", "-c", "x=0123456789abcdef; while :; do x=$x$x; done")
			if err := child.Start(); err != nil {
				return err
			}
			for { // what a memory limit does, on a smaller scale: SIGKILL at 64 MB
				text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", child.Process.Pid))
				fields := strings.Fields(string(text))
				if err != nil || len(fields) < 2 {
					break
				}
				if pages, _ := strconv.Atoi(fields[1]); pages > 16000 {
					child.Process.Kill()
					break
				}
			}
			return byDoing("render invoice 503: chromium: %w", child.Wait())
		}},

		// the code
		{name: "nil-pointer", class: bug, cause: "a pointer is nil that the code follows", wraps: "stderr runtime", crash: func() { var o *order; fmt.Println(o.Quantity) }},
		{name: "index", class: bug, cause: "the code takes the fourth of three parts", wraps: "message", crash: func() { parts := strings.Split("a-b-c", "-"); fmt.Println(parts[len(os.Args)+1]) }},
		{name: "nil-map", class: bug, cause: "the code writes into a map that was never made", wraps: "stderr", crash: func() { var counts map[string]int; counts["order"]++ }},
		{name: "assertion", class: bug, misleading: true, accept: []string{valid}, cause: "the code asserts a type on what it never set", wraps: "message", crash: func() { var v interface{}; fmt.Println(v.(map[string]interface{})["timeout"]) }},
		{name: "stack-overflow", class: bug, misleading: true, accept: []string{full}, cause: "a function calls itself for ever", wraps: "stderr", crash: func() { var f func(int) int; f = func(n int) int { return f(n+1) + 1 }; f(0) }},
		{name: "all-asleep", class: bug, misleading: true, cause: "the code waits on a channel that nobody writes to", wraps: "stderr exec", under: "exec $BUILD/asleep;", crash: func() {}},
		{name: "concurrent-map", class: bug, cause: "two goroutines write one map", wraps: "exec", crash: func() {
			m := map[int]int{}
			for i := 0; i < 4; i++ {
				go func() {
					for n := 0; ; n++ {
						m[n%503] = n
					}
				}()
			}
			time.Sleep(20 * time.Second)
		}},
		{name: "closed-channel", class: bug, cause: "the code sends on a channel it closed", wraps: "message", crash: func() { c := make(chan int); close(c); c <- 1 }},
		{name: "envconfig", class: bug, misleading: true, accept: []string{auth}, cause: "the variable of the own configuration is not set", wraps: "message", do: func() error {
			var c struct {
				PaymentsToken string `required:"true" envconfig:"PAYMENTS_TOKEN"`
			}
			return envconfig.Process("shop", &c)
		}},
		{name: "pq-syntax", class: bug, cause: "the own SQL has a syntax error", wraps: "typed order", do: func() error { return pqExec("", "select * form orders where id = 503") }},
		{name: "mysql-column", class: bug, cause: "the own SQL names a column that does not exist", wraps: "typed", do: func() error { return mysqlExec("shop", "right", "select token_limit from orders") }},
		{name: "pq-relation", class: bug, accept: []string{valid}, cause: "a migration was never run", wraps: "message", do: func() error { return pqExec("", "insert into rate_limits values (429)") }},
		{name: "sql-arguments", class: bug, misleading: true, cause: "the code passes too few values", wraps: "message", do: func() error { return pqExec("", "insert into customers values ($1, $2)", 503) }},
		{name: "template-file", class: bug, cause: "a template was not packed with the program", wraps: "typed", do: func() error { _, err := template.ParseFiles("templates/invoice.tmpl"); return err }},
		{name: "template-field", class: bug, cause: "the template uses a field that the struct lacks", wraps: "message", do: func() error {
			return template.Must(template.New("mail").Parse("{{.Order.Timeouts}}")).Execute(io.Discard, struct{ Order order }{})
		}},
		{name: "program-missing", class: bug, cause: "the converter is not installed in the image", wraps: "order", do: func() error { return exec.Command("wkhtmltopdf", "in.html").Run() }},
		{name: "aws-region", class: bug, cause: "no region is configured", wraps: "typed", do: func() error {
			s := session.Must(session.NewSession(&aws.Config{Credentials: credentials.NewStaticCredentials("a", "b", "")}))
			_, err := sqs.New(s).SendMessage(&sqs.SendMessageInput{QueueUrl: aws.String("x"), MessageBody: aws.String("{}")})
			return err
		}},
		{name: "url-scheme", class: bug, cause: "the base URL of the configuration is empty", wraps: "message", do: func() error { _, err := http.Get("/v1/orders/503"); return err }},
		{name: "grpc-unimplemented", class: bug, cause: "the client calls a method that the service does not have", wraps: "typed", do: func() error {
			call("")
			c, err := grpc.Dial(grpcAddress, grpc.WithInsecure())
			if err != nil {
				return err
			}
			return c.Invoke(context.Background(), "/shop.Orders/Cancel", &health.HealthCheckRequest{}, &health.HealthCheckResponse{})
		}},

		// nothing to go by
		{name: "exit-status", class: unknown, cause: "a child process ended with 1 and said nothing", wraps: "typed order", do: func() error { return exec.Command("false").Run() }},
		{name: "opaque", class: unknown, cause: "the code returns an error without a reason", wraps: "lambda", do: func() error { return errors.New("error") }},
		{name: "retries-opaque", class: unknown, cause: "three attempts failed without a reason", wraps: "message", do: func() error {
			return retry.Do(func() error { return errors.New("failed") }, retry.Attempts(3), retry.Delay(time.Millisecond))
		}},
		{name: "cancelled", class: unknown, accept: []string{timeout, dep}, cause: "somebody cancelled the context", wraps: "message", do: func() error {
			ctx, cancel := context.WithCancel(context.Background())
			cancel()
			return pqOpen("shop", "right", "").PingContext(ctx)
		}},
		{name: "panic-nil-error", class: unknown, cause: "the code panics with an error that says nothing", wraps: "message", crash: func() { panic(errors.New("something went wrong")) }},
		{name: "nil-error", class: unknown, misleading: true, cause: "the code reports an error that is nil", wraps: "message", do: func() error {
			var err error
			return fmt.Errorf("order 401: payment returned error: %v (took 5000ms)", err)
		}},
		{name: "multi-opaque", class: unknown, cause: "two steps failed and said nothing", wraps: "typed handler", do: func() error {
			return multierror.Append(errors.New("step failed"), errors.New("step failed"))
		}},
		{name: "empty-struct", class: unknown, cause: "the code prints a struct without fields in place of its error", wraps: "message", do: func() error { return fmt.Errorf("unhandled: %+v", struct{ Err error }{}) }},
		{name: "exit-status-503", class: unknown, misleading: true, cause: "a child process ended with a code of its own", wraps: "message", do: func() error {
			return byDoing("job 503 attempt 429: %w", exec.Command("sh", "-c", "exit 42").Run())
		}},
	}
	_ = pq.ErrNotSupported
}
