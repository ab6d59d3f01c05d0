package dev.trestle.lightclient.corda;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/**
 * Which notary a client follows, and for how long. Encoding: {@code network 32 | bytes key | bytes
 * party | list of bytes parameters | list of form | u8 maxGroups | bool batches | u64 from | u64
 * until}.
 *
 * @param network names the network, for example the SHA-256 of its root certificate; nothing that a
 *     notary signs names it
 * @param key the notary's {@link CordaKey}, encoded
 * @param party the only component of the notary's group, as transactions carry it
 * @param parameters the only component of the group of network parameters: those that are accepted
 * @param forms of signed metadata that are accepted, one for each platform version and scheme
 * @param maxGroups most component groups of a transaction, {@link GroupHashes#MIN} to {@link
 *     GroupHashes#MAX}
 * @param batches whether a signature over the root of several transactions counts. Batch trees and
 *     transaction trees are hashed alike, and a notary that ignores groups it does not know signs
 *     half a tree unseen; leave it off where the notary signs one by one
 * @param from Unix seconds at which trust begins
 * @param until Unix seconds at which trust ends, because no signature says when it was made
 */
public record CordaRules(
    Hash32 network,
    Bytes key,
    Bytes party,
    List<Bytes> parameters,
    List<SignableForm> forms,
    int maxGroups,
    boolean batches,
    long from,
    long until) {
  /** Longest trust in seconds: ten years. */
  public static final long MAX_PERIOD = 315_360_000L;

  /** Largest pinned component in bytes. */
  public static final int MAX_COMPONENT = CordaKey.MAX_SIZE;

  /** Most accepted network parameters. */
  public static final int MAX_PARAMETERS = 16;

  /** Largest component of network parameters in bytes. */
  public static final int MAX_PARAMETERS_SIZE = 4_096;

  /** Most accepted forms of metadata. */
  public static final int MAX_FORMS = 32;

  public CordaRules {
    parameters = List.copyOf(parameters);
    forms = List.copyOf(forms);
    if (party.isEmpty() || parameters.isEmpty() || forms.isEmpty()) {
      throw new IllegalArgumentException("no party, parameters or form of metadata");
    }
    if (new HashSet<>(parameters).size() != parameters.size()) {
      throw new IllegalArgumentException("network parameters twice");
    }
    record Metadata(long version, SignatureScheme scheme) {}
    if (forms.stream()
            .map(each -> new Metadata(each.platformVersion(), each.scheme()))
            .distinct()
            .count()
        != forms.size()) {
      throw new IllegalArgumentException("two forms of one platform version and scheme");
    }
    if (maxGroups < GroupHashes.MIN || maxGroups > GroupHashes.MAX) {
      throw new IllegalArgumentException("transactions of " + maxGroups + " groups");
    }
    if (from < 0 || until <= from || until - from > MAX_PERIOD) {
      throw new IllegalArgumentException("trust from " + from + " until " + until);
    }
  }

  /**
   * The notary's key. Its decoding is left to who needs it: it costs more than all else that is
   * read here.
   *
   * @throws DecodeException if it is none
   */
  CordaKey decodedKey() {
    return CordaKey.decode(key);
  }

  Optional<SignableForm> form(NotarySignature signature) {
    return forms.stream()
        .filter(each -> each.isOf(signature.platformVersion(), signature.scheme()))
        .findFirst();
  }

  /** Units of decoding the key and hashing what is pinned. */
  long units() {
    long units = Messages.units(key) + Messages.units(party);
    for (Bytes each : parameters) {
      units += Messages.units(each);
    }
    return units;
  }

  void write(CanonicalWriter out) {
    out.hash(network)
        .bytes(key)
        .bytes(party)
        .list(parameters, CanonicalWriter::bytes)
        .list(forms, (to, form) -> form.write(to))
        .u8(maxGroups)
        .bool(batches)
        .u64(from)
        .u64(until);
  }

  static CordaRules read(CanonicalReader in) {
    return new CordaRules(
        in.hash(),
        in.bytes(CordaKey.MAX_SIZE),
        in.bytes(MAX_COMPONENT),
        in.list(MAX_PARAMETERS, each -> each.bytes(MAX_PARAMETERS_SIZE)),
        in.list(MAX_FORMS, SignableForm::read),
        in.u8(),
        in.bool(),
        in.u64(),
        in.u64());
  }
}
