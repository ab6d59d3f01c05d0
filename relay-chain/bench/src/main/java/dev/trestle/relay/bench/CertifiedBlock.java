package dev.trestle.relay.bench;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.crypto.SecretKey;
import dev.trestle.relay.consensus.CommitCertificate;
import dev.trestle.relay.consensus.RelayHeader;
import dev.trestle.relay.consensus.SignatureList;
import dev.trestle.relay.consensus.Statement;
import dev.trestle.relay.consensus.ValidatorSet;
import java.util.List;
import java.util.stream.IntStream;

/** A header as one in the middle of a chain, and its certificate by no more than a quorum. */
record CertifiedBlock(
    RelayHeader header, CommitCertificate certificate, List<EvmAddress> validators) {
  private static final Hash32 CHAIN = Digests.keccak256(Bytes.utf8("a relay chain to measure"));
  private static final long HEIGHT = 1_234_567;
  private static final long EPOCH = HEIGHT / 100;
  private static final long TIME_MS = 1_800_000_000_000L;

  /**
   * Always the same for the same number of validators.
   *
   * @param n validators
   */
  static CertifiedBlock of(int n) {
    List<SecretKey> keys = Keys.sorted("certifier", n);
    List<EvmAddress> addresses = keys.stream().map(key -> key.publicKey().evmAddress()).toList();
    ValidatorSet set = ValidatorSet.ofAddresses(addresses);
    RelayHeader header =
        new RelayHeader(
            CHAIN,
            HEIGHT,
            TIME_MS,
            filler("parent"),
            EPOCH,
            set.hash(),
            set.hash(),
            filler("transactions"),
            filler("state"),
            filler("outbox"),
            filler("history"),
            filler("last commit"),
            filler("evidence"),
            addresses.getFirst());
    Hash32 digest = Statement.commit(HEIGHT, 0, header.id()).digest(CHAIN);
    List<EcdsaSignature> signatures =
        keys.stream()
            .limit(set.quorum())
            .map(key -> Secp256k1.instance().signEcdsa(digest, key))
            .toList();
    List<Integer> signers = IntStream.range(0, set.quorum()).boxed().toList();
    CommitCertificate certificate =
        new CommitCertificate(HEIGHT, 0, header.id(), new SignatureList(n, signers, signatures));
    return new CertifiedBlock(header, certificate.verifyFor(header, set).orThrow(), addresses);
  }

  private static Hash32 filler(String field) {
    return Digests.sha256(Bytes.utf8(field));
  }
}
