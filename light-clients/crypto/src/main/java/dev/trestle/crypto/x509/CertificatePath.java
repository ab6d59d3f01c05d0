package dev.trestle.crypto.x509;

import dev.trestle.base.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Finds and checks the way from a certificate to a trusted root (RFC 5280 6.1), all of it at one
 * given time, the root's own dates included.
 *
 * <p>Reasons: {@code cert-not-yet-valid}, {@code cert-expired}, {@code cert-revoked}, {@code
 * cert-critical-extension}, {@code cert-key-usage}, {@code cert-not-ca}, {@code cert-path-length},
 * {@code cert-name-constraints}, {@code cert-untrusted} and {@code budget-exceeded}, each for the
 * section that {@link CertificateCode} names.
 */
public final class CertificatePath {
  /** Most certificates of a path, the root included. */
  public static final int MAX_LENGTH = 6;

  /** Most signatures that are checked for one certificate, whatever paths there might be. */
  public static final int MAX_SIGNATURES = 16;

  private final Authorities authorities;
  private final long atSeconds;
  private final BooleanSupplier work;
  private int signatures;
  private Optional<Verdict<List<X509Certificate>>> reason = Optional.empty();

  /** Whom one trusts to issue certificates, and what was revoked. */
  public record Authorities(
      List<X509Certificate> roots,
      List<X509Certificate> intermediates,
      List<RevocationList> revoked) {
    public Authorities {
      roots = List.copyOf(roots);
      intermediates = List.copyOf(intermediates);
      revoked = List.copyOf(revoked);
    }
  }

  private CertificatePath(Authorities authorities, long atSeconds, BooleanSupplier work) {
    this.authorities = authorities;
    this.atSeconds = atSeconds;
    this.work = work;
  }

  /**
   * The certificates from {@code leaf} to a root.
   *
   * @param work pays for one signature check before it is done; false ends the search
   */
  public static Verdict<List<X509Certificate>> validate(
      X509Certificate leaf, Authorities authorities, long atSeconds, BooleanSupplier work) {
    CertificatePath search = new CertificatePath(authorities, atSeconds, work);
    if (!leaf.extensions().maySign()) {
      return Verdict.reject(CertificateCode.CERT_KEY_USAGE, "not a key for signatures");
    }
    Optional<CertificateCode> wrong = search.wrong(leaf);
    if (wrong.isPresent()) {
      return Verdict.reject(wrong.get(), "the certificate itself");
    }
    return search
        .extend(List.of(leaf))
        .map(Verdict::accept)
        .orElseGet(
            () ->
                search.reason.orElseGet(
                    () ->
                        Verdict.reject(CertificateCode.CERT_UNTRUSTED, "no trusted issuer known")));
  }

  private Optional<List<X509Certificate>> extend(List<X509Certificate> path) {
    for (X509Certificate root : authorities.roots()) {
      if (issued(path, root)) {
        return Optional.of(with(path, root));
      }
    }
    for (X509Certificate issuer : authorities.intermediates()) {
      if (!path.contains(issuer) && path.size() < MAX_LENGTH - 1 && issued(path, issuer)) {
        Optional<List<X509Certificate>> longer = extend(with(path, issuer));
        if (longer.isPresent()) {
          return longer;
        }
      }
    }
    return Optional.empty();
  }

  private static List<X509Certificate> with(List<X509Certificate> path, X509Certificate next) {
    List<X509Certificate> longer = new ArrayList<>(path);
    longer.add(next);
    return List.copyOf(longer);
  }

  /** Whether {@code issuer} issued the last certificate of {@code path} and may have. */
  private boolean issued(List<X509Certificate> path, X509Certificate issuer) {
    X509Certificate subject = path.getLast();
    if (!subject.names(issuer)) {
      return false;
    }
    if (++signatures > MAX_SIGNATURES) {
      return because(CertificateCode.CERT_PATH_LENGTH, "too many paths");
    }
    if (!work.getAsBoolean()) {
      return because(CertificateCode.BUDGET_EXCEEDED, "before a certificate's signature");
    }
    if (!subject.isSignedBy(issuer)) {
      return because(CertificateCode.CERT_UNTRUSTED, "the issuer's key did not sign it");
    }
    return wrong(issuer)
        .or(() -> wrongAuthority(issuer, path))
        .map(code -> because(code, "an authority on the way"))
        .orElse(true);
  }

  private boolean because(CertificateCode code, String detail) {
    if (reason.isEmpty() || code == CertificateCode.BUDGET_EXCEEDED) {
      reason = Optional.of(Verdict.reject(code, detail));
    }
    return false;
  }

  private Optional<CertificateCode> wrong(X509Certificate certificate) {
    if (atSeconds < certificate.notBefore()) {
      return Optional.of(CertificateCode.CERT_NOT_YET_VALID);
    }
    if (atSeconds > certificate.notAfter()) {
      return Optional.of(CertificateCode.CERT_EXPIRED);
    }
    if (certificate.extensions().unknownCritical()) {
      return Optional.of(CertificateCode.CERT_CRITICAL_EXTENSION);
    }
    for (RevocationList list : authorities.revoked()) {
      if (list.revokes(certificate)) {
        return Optional.of(CertificateCode.CERT_REVOKED);
      }
    }
    return Optional.empty();
  }

  private static Optional<CertificateCode> wrongAuthority(
      X509Certificate issuer, List<X509Certificate> below) {
    CertificateExtensions extensions = issuer.extensions();
    if (!extensions.authority()) {
      return Optional.of(CertificateCode.CERT_NOT_CA);
    }
    if (!extensions.mayCertify()) {
      return Optional.of(CertificateCode.CERT_KEY_USAGE);
    }
    // The leaf is not counted, nor are authorities that issued themselves (RFC 5280 4.2.1.9).
    long between =
        below.stream().skip(1).filter(each -> !each.subject().equals(each.issuer())).count();
    if (extensions.pathLength().isPresent() && between > extensions.pathLength().getAsInt()) {
      return Optional.of(CertificateCode.CERT_PATH_LENGTH);
    }
    return below.stream().allMatch(each -> extensions.permits(each.subject()))
        ? Optional.empty()
        : Optional.of(CertificateCode.CERT_NAME_CONSTRAINTS);
  }
}
