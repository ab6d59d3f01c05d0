package dev.trestle.crypto.x509;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.jspecify.annotations.Nullable;

/**
 * What a certificate's extensions say (RFC 5280 4.2).
 *
 * @param authority whether it may issue certificates
 * @param pathLength most authorities below it; empty without a limit
 * @param keyUsage bits of {@link KeyUsage}; empty if any use is allowed
 * @param permittedNames names of which one must start a subject below; empty without constraint
 * @param unknownCritical whether there is a critical one that we do not know
 */
public record CertificateExtensions(
    boolean authority,
    OptionalInt pathLength,
    OptionalInt keyUsage,
    Optional<Bytes> subjectKeyId,
    Optional<Bytes> authorityKeyId,
    List<Bytes> permittedNames,
    boolean unknownCritical) {
  private static final Set<ASN1ObjectIdentifier> KNOWN =
      Set.of(
          Extension.basicConstraints,
          Extension.keyUsage,
          Extension.subjectKeyIdentifier,
          Extension.authorityKeyIdentifier,
          Extension.extendedKeyUsage,
          Extension.subjectAlternativeName,
          Extension.nameConstraints);

  /** Tag of the permitted names (RFC 5280 4.2.1.10). */
  private static final int PERMITTED = 0;

  public CertificateExtensions {
    permittedNames = List.copyOf(permittedNames);
  }

  /** Whether the key may sign messages. */
  public boolean maySign() {
    return keyUsage.isEmpty() || (keyUsage.getAsInt() & KeyUsage.digitalSignature) != 0;
  }

  /** Whether the key may sign certificates. */
  public boolean mayCertify() {
    return keyUsage.isEmpty() || (keyUsage.getAsInt() & KeyUsage.keyCertSign) != 0;
  }

  static CertificateExtensions of(@Nullable Extensions extensions) throws IOException {
    if (extensions == null) {
      return new CertificateExtensions(
          false,
          OptionalInt.empty(),
          OptionalInt.empty(),
          Optional.empty(),
          Optional.empty(),
          List.of(),
          false);
    }
    Optional<BasicConstraints> basic =
        Optional.ofNullable(BasicConstraints.fromExtensions(extensions));
    Optional<KeyUsage> usage = Optional.ofNullable(KeyUsage.fromExtensions(extensions));
    boolean unknown = false;
    for (ASN1ObjectIdentifier id : extensions.getCriticalExtensionOIDs()) {
      unknown |= !KNOWN.contains(id);
    }
    return new CertificateExtensions(
        basic.filter(BasicConstraints::isCA).isPresent(),
        basic
            .flatMap(each -> Optional.ofNullable(each.getPathLenConstraintInteger()))
            .map(each -> OptionalInt.of(each.intPositiveValueExact()))
            .orElse(OptionalInt.empty()),
        usage.map(each -> OptionalInt.of(bits(each))).orElse(OptionalInt.empty()),
        Optional.ofNullable(SubjectKeyIdentifier.fromExtensions(extensions))
            .map(each -> Bytes.of(each.getKeyIdentifier())),
        Optional.ofNullable(AuthorityKeyIdentifier.fromExtensions(extensions))
            .flatMap(each -> Optional.ofNullable(each.getKeyIdentifierObject()))
            .map(each -> Bytes.of(each.getOctets())),
        permitted(
            Optional.ofNullable(
                    Extensions.getExtensionParsedValue(extensions, Extension.nameConstraints))
                .map(ASN1Sequence::getInstance)),
        unknown);
  }

  private static int bits(KeyUsage usage) {
    byte[] octets = usage.getBytes();
    int low = octets.length > 0 ? octets[0] & 0xff : 0;
    return octets.length > 1 ? low | (octets[1] & 0xff) << 8 : low;
  }

  /**
   * Only permitted directory names are understood; whatever else constrains is refused. Corda
   * writes an empty list of excluded names, which RFC 5280 does not foresee: it excludes nothing.
   */
  private static List<Bytes> permitted(Optional<ASN1Sequence> constraints) throws IOException {
    List<Bytes> names = new ArrayList<>();
    if (constraints.isEmpty()) {
      return names;
    }
    for (ASN1Encodable part : constraints.get()) {
      ASN1TaggedObject tagged = ASN1TaggedObject.getInstance(part);
      ASN1Sequence subtrees = ASN1Sequence.getInstance(tagged, false);
      if (tagged.getTagNo() != PERMITTED && subtrees.size() > 0) {
        throw new DecodeException("excluded names");
      }
      for (ASN1Encodable each : subtrees) {
        GeneralSubtree subtree = GeneralSubtree.getInstance(each);
        if (subtree.getBase().getTagNo() != GeneralName.directoryName) {
          throw new DecodeException("constraints of other names");
        }
        names.add(X509Certificate.encode(X500Name.getInstance(subtree.getBase().getName())));
      }
    }
    if (names.isEmpty()) {
      throw new DecodeException("constraints of nothing");
    }
    return names;
  }

  /** Whether {@code subject} starts with one of the permitted names, part by part. */
  boolean permits(Bytes subject) {
    if (permittedNames.isEmpty()) {
      return true;
    }
    RDN[] parts = X500Name.getInstance(subject.toArray()).getRDNs();
    for (Bytes each : permittedNames) {
      RDN[] start = X500Name.getInstance(each.toArray()).getRDNs();
      boolean starts = start.length <= parts.length;
      for (int i = 0; starts && i < start.length; i++) {
        starts = start[i].equals(parts[i]);
      }
      if (starts) {
        return true;
      }
    }
    return false;
  }

  static List<String> organizationalUnits(X500Name subject) {
    List<String> units = new ArrayList<>();
    for (RDN each : subject.getRDNs(BCStyle.OU)) {
      for (var part : each.getTypesAndValues()) {
        if (part.getType().equals(BCStyle.OU) && part.getValue() instanceof ASN1String text) {
          units.add(text.getString());
        }
      }
    }
    return units;
  }
}
