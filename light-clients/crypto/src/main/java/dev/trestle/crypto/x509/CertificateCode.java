package dev.trestle.crypto.x509;

import dev.trestle.base.ReasonCode;
import java.util.Locale;

/** Why a certificate is refused. Stable: part of the API. */
public enum CertificateCode implements ReasonCode {
  /** Judged before its first second (RFC 5280 4.1.2.5). */
  CERT_NOT_YET_VALID,
  /** Judged after its last second (RFC 5280 4.1.2.5). */
  CERT_EXPIRED,
  /** On a revocation list (RFC 5280 5). */
  CERT_REVOKED,
  /** No trusted authority of the issuer's name and key signed it (RFC 5280 6.1.3 a.1). */
  CERT_UNTRUSTED,
  /** An issuer that is no authority (RFC 5280 4.2.1.9), or an authority that poses as a member. */
  CERT_NOT_CA,
  /** More authorities below one than it allows (RFC 5280 4.2.1.9), or more than we follow. */
  CERT_PATH_LENGTH,
  /** A key that is not for this use (RFC 5280 4.2.1.3). */
  CERT_KEY_USAGE,
  /** A name outside of what an authority may name (RFC 5280 4.2.1.10). */
  CERT_NAME_CONSTRAINTS,
  /** A critical extension that we do not know (RFC 5280 4.2). */
  CERT_CRITICAL_EXTENSION,
  /** The caller does not pay for further signature checks. */
  BUDGET_EXCEEDED;

  @Override
  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
