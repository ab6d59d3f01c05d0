package dev.trestle.adapter.ethereum;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.DomainTag;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.crypto.SecretKey;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Blocks and certificates of a relay chain that does not run; written from wire-format.md. */
final class PaperRelayChain {
  static final Hash32 HUB = Digests.keccak256(Bytes.utf8("a relay chain"));
  private static final int ROUND = 2;

  final List<SecretKey> keys;
  final List<EvmAddress> validators;

  PaperRelayChain(String seed, int n) {
    keys =
        IntStream.range(0, n)
            .mapToObj(i -> SecretKey.derive(Bytes.utf8(seed), "validator/" + i))
            .sorted(Comparator.comparing(TransactionSigner::addressOf))
            .toList();
    validators = keys.stream().map(TransactionSigner::addressOf).toList();
  }

  Hash32 validatorsHash() {
    CanonicalWriter out =
        new CanonicalWriter()
            .hash(DomainTag.of("relay", "validators", 1).hash())
            .u16(validators.size());
    validators.forEach(validator -> out.fixed(validator.bytes()));
    return Digests.keccak256(out.toBytes());
  }

  Bytes header(long height, long epoch, Hash32 outboxRoot, Hash32 nextValidators) {
    return header(height, epoch, outboxRoot, nextValidators, filler("history"));
  }

  Bytes header(
      long height, long epoch, Hash32 outboxRoot, Hash32 nextValidators, Hash32 historyRoot) {
    CanonicalWriter out = new CanonicalWriter().u16(1).hash(HUB).u64(height);
    out.u64(1_700_000_000_000L).hash(filler("parent")).u64(epoch);
    out.hash(validatorsHash()).hash(nextValidators).hash(filler("transactions"));
    out.hash(filler("state")).hash(outboxRoot).hash(historyRoot).hash(filler("commit"));
    out.hash(filler("evidence")).fixed(validators.getFirst().bytes()).hash(Hash32.ZERO);
    return out.toBytes();
  }

  Bytes header(long height, Hash32 outboxRoot) {
    return header(height, 0, outboxRoot, validatorsHash());
  }

  /** Signed by the validators with these numbers. */
  Bytes certificate(Bytes header, long height, List<Integer> signers) {
    return certificate(header, height, signers, signers);
  }

  /**
   * @param bits whose bits are set
   * @param signers who signs in their place
   */
  Bytes certificate(Bytes header, long height, List<Integer> bits, List<Integer> signers) {
    Hash32 blockId = Digests.keccak256(header);
    byte[] bitmap = new byte[(validators.size() + 7) / 8];
    bits.forEach(bit -> bitmap[bit / 8] |= (byte) (1 << (bit % 8)));
    CanonicalWriter out = new CanonicalWriter().u8(1).u8(1).u64(height).u32(ROUND).hash(blockId);
    out.u16(validators.size()).fixed(Bytes.wrap(bitmap));
    for (int signer : signers) {
      out.fixed(commit(keys.get(signer), height, blockId).bytes());
    }
    return out.toBytes();
  }

  private static EcdsaSignature commit(SecretKey key, long height, Hash32 blockId) {
    Bytes words =
        new CanonicalWriter()
            .hash(DomainTag.of("relay", "commit", 1).hash())
            .hash(HUB)
            .u256(java.math.BigInteger.valueOf(height))
            .u256(java.math.BigInteger.valueOf(ROUND))
            .hash(blockId)
            .toBytes();
    return Secp256k1.instance().signEcdsa(Digests.keccak256(words), key);
  }

  private static Hash32 filler(String name) {
    return Digests.sha256(Bytes.utf8(name));
  }
}
