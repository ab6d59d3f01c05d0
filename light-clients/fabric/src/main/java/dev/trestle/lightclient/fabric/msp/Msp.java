package dev.trestle.lightclient.fabric.msp;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.x509.CertificateCode;
import dev.trestle.crypto.x509.CertificatePath;
import dev.trestle.crypto.x509.RevocationList;
import dev.trestle.crypto.x509.X509Certificate;
import dev.trestle.crypto.x509.X509PublicKey;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.fabric.FabricCode;
import dev.trestle.lightclient.fabric.protos.ProtoFields;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * A membership service provider of X.509 certificates ({@code msp.FabricMSPConfig}; Fabric,
 * "Membership Service Provider"). A member's certificate must lead to a root at the time given,
 * must be no authority's, must have a key on P-256, must carry one of the MSP's organisational
 * units if it names any, and, where node OUs are enabled, must be of exactly one role unless it is
 * a listed admin's. Without node OUs nobody is known to be a client, a peer or an orderer.
 *
 * <p>Unlike Fabric's peers, which judge a certificate at its own first second, validity is judged
 * at the time given.
 *
 * <p>Rejects with {@code node-ou} (of none of the units, or of no or several roles) and the codes
 * of {@link CertificatePath}.
 */
public final class Msp {
  /** Most certificates of each kind. */
  public static final int MAX_CERTIFICATES = 128;

  private static final int FABRIC = 0;

  private final String name;
  private final CertificatePath.Authorities authorities;
  private final List<X509Certificate> admins;
  private final List<UnitIdentifier> units;
  private final Optional<NodeUnits> nodeUnits;

  private Msp(
      String name,
      CertificatePath.Authorities authorities,
      List<X509Certificate> admins,
      List<UnitIdentifier> units,
      Optional<NodeUnits> nodeUnits) {
    this.name = name;
    this.authorities = authorities;
    this.admins = List.copyOf(admins);
    this.units = List.copyOf(units);
    this.nodeUnits = nodeUnits;
  }

  /**
   * @param encoded {@code msp.MSPConfig}
   * @throws DecodeException if it is of another kind than X.509, or malformed
   */
  public static Msp decode(Bytes encoded) {
    ProtoFields outer = ProtoFields.parse(encoded);
    if (outer.varint(1) != FABRIC) {
      throw new DecodeException("an MSP of type " + outer.varint(1));
    }
    ProtoFields in = outer.message(2);
    String name = in.text(1);
    List<X509Certificate> roots = all(in, 2, X509Certificate::decode);
    if (name.isEmpty() || roots.isEmpty()) {
      throw new DecodeException("an MSP without name or root");
    }
    return new Msp(
        name,
        new CertificatePath.Authorities(
            roots, all(in, 3, X509Certificate::decode), all(in, 5, RevocationList::decode)),
        all(in, 4, X509Certificate::decode),
        all(in, 7, UnitIdentifier::decode),
        NodeUnits.decode(in.bytes(11)));
  }

  private static <T> List<T> all(ProtoFields in, int field, Function<Bytes, T> decoder) {
    return in.repeated(field, MAX_CERTIFICATES).stream().map(decoder).toList();
  }

  /** With one or more roots and the usual node OUs. */
  public static Msp of(String name, List<X509Certificate> roots) {
    return new Msp(
        name,
        new CertificatePath.Authorities(roots, List.of(), List.of()),
        List.of(),
        List.of(),
        Optional.of(NodeUnits.usual()));
  }

  public String name() {
    return name;
  }

  /**
   * Validates a member's certificate. Rejects with {@code cert-not-ca} (an authority poses as a
   * member), {@code cert-key-usage} (a key that is not on P-256), and the codes of {@link
   * CertificatePath}.
   */
  Verdict<Identity> identity(X509Certificate certificate, long atSeconds, Budget budget) {
    if (certificate.extensions().authority()) {
      return Verdict.reject(CertificateCode.CERT_NOT_CA, "an authority is no member");
    }
    if (certificate.key().kind() != X509PublicKey.Kind.P256) {
      return Verdict.reject(CertificateCode.CERT_KEY_USAGE, "a member's key is on P-256");
    }
    return CertificatePath.validate(
            certificate, authorities, atSeconds, () -> budget.charge(Budget.SIGNATURE))
        .then(path -> classify(certificate, path));
  }

  private Verdict<Identity> classify(X509Certificate certificate, List<X509Certificate> path) {
    if (!units.isEmpty() && units.stream().noneMatch(each -> each.matches(path))) {
      return Verdict.reject(FabricCode.NODE_OU, "of none of the units of " + name);
    }
    Set<Role> roles = EnumSet.of(Role.MEMBER);
    if (nodeUnits.isPresent()) {
      Set<Role> classified = nodeUnits.get().roles(path);
      boolean listed = classified.isEmpty() && admins.contains(certificate);
      if (classified.size() != 1 && !listed) {
        return Verdict.reject(FabricCode.NODE_OU, classified.size() + " roles in " + name);
      }
      roles.addAll(classified);
    }
    if (admins.contains(certificate)) {
      roles.add(Role.ADMIN);
    }
    return Verdict.accept(new Identity(name, certificate, roles, path));
  }
}
