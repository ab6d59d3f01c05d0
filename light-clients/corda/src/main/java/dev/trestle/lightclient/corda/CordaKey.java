package dev.trestle.lightclient.corda;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.crypto.x509.X509PublicKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.ASN1BitString;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/**
 * A party's key: one key, or a tree of weighted keys with a threshold at every node ({@code
 * net.corda.core.crypto.CompositeKey}, documentation, "Composite keys"). The encoding is a
 * SubjectPublicKeyInfo whose content is {@code SEQUENCE { INTEGER threshold, SEQUENCE OF SEQUENCE {
 * BIT STRING key, INTEGER weight } }}.
 *
 * <p>As {@code CompositeKey.checkValidity}: at least two children, positive weights whose sum does
 * not overflow, a threshold that the sum reaches and is positive. Stricter: no key may occur twice
 * anywhere in the tree, so that nobody counts twice.
 */
public sealed interface CordaKey {
  /** Deepest nesting. */
  int MAX_DEPTH = 8;

  /** Most keys of a tree. */
  int MAX_KEYS = 1_024;

  /** Largest encoding in bytes. */
  int MAX_SIZE = 200_000;

  /** {@code CordaObjectIdentifier.COMPOSITE_KEY}. */
  ASN1ObjectIdentifier COMPOSITE =
      new ASN1ObjectIdentifier("2.25.30086077608615255153862931087626791002");

  /**
   * One key.
   *
   * @param place its number among all keys of the tree, from the left
   */
  record Single(int place, X509PublicKey key) implements CordaKey {}

  /** Enough of the weights of {@code children}. */
  record Composite(int threshold, List<Weighted> children) implements CordaKey {
    public Composite {
      children = List.copyOf(children);
    }
  }

  record Weighted(CordaKey key, int weight) {}

  /**
   * @throws DecodeException if it is malformed, over a limit, or no valid composite key
   */
  static CordaKey decode(Bytes encoded) {
    if (encoded.size() > MAX_SIZE) {
      throw new DecodeException("a key of " + encoded.size() + " bytes");
    }
    List<X509PublicKey> seen = new ArrayList<>();
    CordaKey key;
    try {
      key = decode(encoded, 0, seen);
    } catch (IOException | RuntimeException e) {
      throw new DecodeException("not a key: " + e.getMessage());
    }
    if (new HashSet<>(seen).size() != seen.size()) {
      throw new DecodeException("a key twice");
    }
    return key;
  }

  private static CordaKey decode(Bytes encoded, int depth, List<X509PublicKey> seen)
      throws IOException {
    ASN1Primitive parsed = ASN1Primitive.fromByteArray(encoded.toArray());
    SubjectPublicKeyInfo info = SubjectPublicKeyInfo.getInstance(parsed);
    if (!info.getAlgorithm().getAlgorithm().equals(COMPOSITE)) {
      if (seen.size() == MAX_KEYS) {
        throw new DecodeException("more than " + MAX_KEYS + " keys");
      }
      seen.add(X509PublicKey.decode(encoded));
      return new Single(seen.size() - 1, seen.getLast());
    }
    if (depth == MAX_DEPTH || !Bytes.wrap(parsed.getEncoded("DER")).equals(encoded)) {
      throw new DecodeException("a composite key that is too deep or not DER");
    }
    ASN1Sequence content = ASN1Sequence.getInstance(info.parsePublicKey());
    ASN1Sequence parts = ASN1Sequence.getInstance(content.getObjectAt(1));
    if (content.size() != 2 || parts.size() < 2) {
      throw new DecodeException("a composite key of " + parts.size() + " parts");
    }
    List<Weighted> children = new ArrayList<>();
    int total = 0;
    for (int i = 0; i < parts.size(); i++) {
      ASN1Sequence part = ASN1Sequence.getInstance(parts.getObjectAt(i));
      Bytes child = Bytes.of(ASN1BitString.getInstance(part.getObjectAt(0)).getOctets());
      int weight = positive(part.getObjectAt(1));
      total = Math.addExact(total, weight);
      children.add(new Weighted(decode(child, depth + 1, seen), weight));
    }
    int threshold = positive(content.getObjectAt(0));
    if (threshold > total) {
      throw new DecodeException("a threshold of " + threshold + " where all weigh " + total);
    }
    return new Composite(threshold, children);
  }

  private static int positive(Object value) {
    int number = ASN1Integer.getInstance(value).intValueExact();
    if (number < 1) {
      throw new DecodeException("a weight or threshold of " + number);
    }
    return number;
  }

  /** All keys, from the left. */
  default List<X509PublicKey> keys() {
    List<X509PublicKey> all = new ArrayList<>();
    collect(all);
    return List.copyOf(all);
  }

  private void collect(List<X509PublicKey> into) {
    switch (this) {
      case Single(int place, X509PublicKey key) -> into.add(key);
      case Composite(int threshold, List<Weighted> children) ->
          children.forEach(each -> each.key().collect(into));
    }
  }

  /**
   * {@code CompositeKey.isFulfilledBy}.
   *
   * @param signed numbers of the keys that signed
   */
  default boolean isFulfilledBy(Set<Integer> signed) {
    BitSet set = new BitSet();
    signed.forEach(set::set);
    return fulfilled(set);
  }

  private boolean fulfilled(BitSet signed) {
    return switch (this) {
      case Single(int place, X509PublicKey key) -> signed.get(place);
      case Composite(int threshold, List<Weighted> children) -> {
        int weight = 0; // the sum of all weights fits, as decoding checked
        for (Weighted each : children) {
          weight += each.key().fulfilled(signed) ? each.weight() : 0;
        }
        yield weight >= threshold;
      }
    };
  }
}
