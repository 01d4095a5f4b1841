package dev.capstan.certificates;

/** A finding on a certificate, before it is known where the certificate stands. */
record Remark(FindingCode code, String message, String fix) {

    Finding at(Place place, String subject) {
        return new Finding(code, place, subject + ": " + message, fix);
    }
}
