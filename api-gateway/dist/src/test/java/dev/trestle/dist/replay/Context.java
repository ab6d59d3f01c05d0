package dev.trestle.dist.replay;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.crypto.SecretKey;
import dev.trestle.relay.consensus.ValidatorSet;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Where something is signed or presented. Each number picks one of two worlds, of which 0 is the
 * one in which things are signed.
 *
 * @param hub relay chain
 * @param epoch of whoever must sign: other epochs have other keys
 * @param chain connected chain
 * @param policy trust policy, or what else the object is about
 * @param number height, nonce or sequence
 */
record Context(int hub, int epoch, int chain, int policy, int number) {
  static final Context HERE = new Context(0, 0, 0, 0, 0);
  static final int MEMBERS = 4;

  private static final List<List<SecretKey>> KEYS = List.of(keys(0), keys(1));

  private static final List<ChainId> CHAINS =
      List.of(
          ChainId.parse("bip122:0f9188f13cb7b2c71f2a335e3a4fc328"),
          ChainId.parse("bip122:530827f38f93b43ed12af0b3ad25a288"));

  /** What may differ between the place of signing and that of presenting. */
  enum Dimension {
    HUB,
    EPOCH,
    CHAIN,
    POLICY,
    NUMBER
  }

  Context other(Dimension dimension) {
    return switch (dimension) {
      case HUB -> new Context(1, epoch, chain, policy, number);
      case EPOCH -> new Context(hub, 1, chain, policy, number);
      case CHAIN -> new Context(hub, epoch, 1, policy, number);
      case POLICY -> new Context(hub, epoch, chain, 1, number);
      case NUMBER -> new Context(hub, epoch, chain, policy, 1);
    };
  }

  Hash32 hubId() {
    return hash("hub " + hub);
  }

  long epochNumber() {
    return 7L + epoch;
  }

  ChainId chainId() {
    return CHAINS.get(chain);
  }

  Hash32 policyHash() {
    return hash("policy " + policy);
  }

  long count() {
    return 100L + number;
  }

  /** Something that follows from chain, policy and number, as a block or transfer does. */
  Hash32 subject() {
    return hash("subject " + chain + " " + policy + " " + number);
  }

  /** Who signs in this epoch: ascending by address. */
  List<SecretKey> keys() {
    return KEYS.get(epoch);
  }

  private static List<SecretKey> keys(int epoch) {
    return IntStream.range(0, MEMBERS)
        .mapToObj(i -> SecretKey.derive(Bytes.utf8("replay"), "key/" + epoch + "/" + i))
        .sorted(Comparator.comparing(key -> key.publicKey().evmAddress()))
        .toList();
  }

  /** The first of them, who signs what one signs alone. */
  SecretKey key() {
    return keys().getFirst();
  }

  EvmAddress address() {
    return key().publicKey().evmAddress();
  }

  ValidatorSet validators() {
    return ValidatorSet.of(keys().stream().map(SecretKey::publicKey).toList());
  }

  static Hash32 hash(String text) {
    return Digests.sha256(new CanonicalWriter().text(text).toBytes());
  }
}
