# Prints how many certificates OpenSSL takes from a file and the SHA-256 of those that are CAs', or that it refuses.
import hashlib, ssl, sys

context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
try:
    context.load_verify_locations(cafile=sys.argv[1])
    print(context.cert_store_stats()["x509"])
    for der in context.get_ca_certs(True):
        print(hashlib.sha256(der).hexdigest())
except ssl.SSLError as refused:
    print("refused", refused)
