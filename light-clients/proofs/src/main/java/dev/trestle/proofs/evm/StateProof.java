package dev.trestle.proofs.evm;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.proofs.MptProof;
import dev.trestle.proofs.ProofError;
import dev.trestle.proofs.Rlp;
import dev.trestle.proofs.RlpItem;
import java.util.List;
import java.util.Optional;

/**
 * Proofs of accounts and storage slots under a header's state root (EIP-1186). Both tries are keyed
 * by the keccak256 of address and slot. An answer of absence is proved like one of presence.
 * Refuses with the codes of {@link MptProof} and with {@link ProofError#MALFORMED} for what is no
 * account or no word.
 */
public final class StateProof {
  /** Most nodes of one proof: a path of 64 nibbles and its leaf. */
  public static final int MAX_NODES = 65;

  private static final int EMBEDDED_BELOW = 32;
  private static final Bytes EMPTY_NODE = Bytes.fromHex("80");

  private StateProof() {}

  /** The account at {@code address}, or empty if the state has none. */
  public static Verdict<Optional<EvmAccount>> account(
      Hash32 stateRoot, EvmAddress address, List<Bytes> nodes) {
    Hash32 key = Digests.keccak256(address.bytes());
    return MptProof.lookup(stateRoot, key.bytes(), nodes)
        .then(found -> decoded(found, EvmAccount::decode));
  }

  /**
   * The value of {@code slot}; zero if nothing stands there. A leaf of zero, which no canonical
   * trie has but anvil keeps for a cleared slot, counts as nothing.
   */
  public static Verdict<Hash32> storage(Hash32 storageRoot, Hash32 slot, List<Bytes> nodes) {
    Hash32 key = Digests.keccak256(slot.bytes());
    return MptProof.lookup(storageRoot, key.bytes(), nodes)
        .then(found -> decoded(found, StateProof::word))
        .then(value -> Verdict.accept(value.orElse(Hash32.ZERO)));
  }

  private static Hash32 word(Bytes encoded) {
    RlpItem item = Rlp.decode(encoded);
    item.integer(); // no leading zeros, at most 32 bytes
    Bytes value = item.text();
    return new Hash32(Bytes.concat(Bytes.wrap(new byte[Hash32.SIZE - value.size()]), value));
  }

  private static <T> Verdict<Optional<T>> decoded(
      Optional<Bytes> found, java.util.function.Function<Bytes, T> decoder) {
    try {
      return Verdict.accept(found.map(decoder));
    } catch (DecodeException e) {
      return Verdict.reject(ProofError.MALFORMED, String.valueOf(e.getMessage()));
    }
  }

  /**
   * The nodes of a proof as {@code eth_getProof} of different clients gives them, in the one form
   * that is checked: nodes below 32 bytes stand in their parent already and are not listed, and an
   * empty trie has no node.
   */
  public static List<Bytes> normalized(Hash32 root, List<Bytes> nodes) {
    if (root.equals(MptProof.EMPTY_ROOT) && nodes.equals(List.of(EMPTY_NODE))) {
      return List.of();
    }
    return java.util.stream.IntStream.range(0, nodes.size())
        .filter(i -> i == 0 || nodes.get(i).size() >= EMBEDDED_BELOW)
        .mapToObj(nodes::get)
        .toList();
  }
}
