/**
 * The words that a name is made of, in small letters: `PaymentGatewayTimeoutException` says payment, gateway, timeout,
 * exception; `ERR_TLS_CERT_ALTNAME_INVALID` says err, tls, cert, altname, invalid; `HTTPError` says http, error.
 */
export function nameWords(name: string): string[] {
  return (name.slice(0, MAX_NAME).match(/[A-Z]{2,}(?![a-z])|[A-Z]?[a-z]{1,40}|[A-Z]|\d{1,9}/g) ?? []).map((word) =>
    word.toLowerCase(),
  );
}

const MAX_NAME = 120;
