#pragma once
#include <openssl/ssl.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <openssl/x509v3.h>

// Macros of OpenSSL that Swift does not import.
static inline long flotilla_ssl_set_host(SSL *ssl, const char *name) { return SSL_set_tlsext_host_name(ssl, name); }
static inline long flotilla_ssl_ctx_min_tls12(SSL_CTX *context) { return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION); }
static inline long flotilla_ssl_ctx_set_mode(SSL_CTX *context, long mode) { return SSL_CTX_set_mode(context, mode); }
