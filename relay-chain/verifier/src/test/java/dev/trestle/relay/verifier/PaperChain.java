package dev.trestle.relay.verifier;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.crypto.SecretKey;
import dev.trestle.proofs.MerkleProof;
import dev.trestle.proofs.MerkleTree;
import dev.trestle.relay.consensus.CommitCertificate;
import dev.trestle.relay.consensus.RelayHeader;
import dev.trestle.relay.consensus.SignatureList;
import dev.trestle.relay.consensus.Statement;
import dev.trestle.relay.consensus.ValidatorSet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** A chain made of the consensus' own headers and certificates, with known keys. */
final class PaperChain {
  static final Hash32 CHAIN = Digests.keccak256(Bytes.utf8("a relay chain"));
  static final int ROUND = 3;

  final List<RelayHeader> headers = new ArrayList<>();

  static List<SecretKey> keys(String seed, int n) {
    return IntStream.range(0, n)
        .mapToObj(i -> SecretKey.derive(Bytes.utf8(seed), "validator/" + i))
        .sorted(Comparator.comparing(key -> key.publicKey().evmAddress()))
        .toList();
  }

  static ValidatorSet set(List<SecretKey> keys) {
    return ValidatorSet.of(keys.stream().map(SecretKey::publicKey).toList());
  }

  static List<EvmAddress> addresses(List<SecretKey> keys) {
    return keys.stream().map(key -> key.publicKey().evmAddress()).toList();
  }

  /** Adds a block by {@code keys} that hands over to {@code next}. */
  RelayHeader block(
      long epoch, List<SecretKey> keys, List<SecretKey> next, Hash32 state, Hash32 outbox) {
    RelayHeader header =
        new RelayHeader(
            CHAIN,
            headers.size() + 1L,
            1_700_000_000_000L + headers.size(),
            headers.isEmpty() ? CHAIN : headers.getLast().id(),
            epoch,
            set(keys).hash(),
            set(next).hash(),
            Digests.sha256(Bytes.utf8("transactions")),
            state,
            outbox,
            history().root(),
            Digests.sha256(Bytes.utf8("commit")),
            Digests.sha256(Bytes.utf8("evidence")),
            addresses(keys).getFirst());
    headers.add(header);
    return header;
  }

  RelayHeader block(long epoch, List<SecretKey> keys) {
    Hash32 filler = Digests.sha256(Bytes.utf8("filler " + headers.size()));
    return block(epoch, keys, keys, filler, filler);
  }

  /** Tree over the ids of all blocks so far. */
  MerkleTree history() {
    return MerkleTree.ofHashes(headers.stream().map(RelayHeader::id).toList());
  }

  /** Of the block at {@code height} under the history root of the one at {@code under}. */
  List<Hash32> siblings(long height, long under) {
    MerkleProof proof =
        MerkleTree.ofHashes(
                headers.subList(0, (int) under - 1).stream().map(RelayHeader::id).toList())
            .prove(height - 1);
    return proof.siblings();
  }

  static CommitCertificate certify(RelayHeader header, List<SecretKey> keys, int... signers) {
    Hash32 digest = Statement.commit(header.height(), ROUND, header.id()).digest(CHAIN);
    List<EcdsaSignature> signatures =
        IntStream.of(signers)
            .mapToObj(i -> Secp256k1.instance().signEcdsa(digest, keys.get(i)))
            .toList();
    return new CommitCertificate(
        header.height(),
        ROUND,
        header.id(),
        new SignatureList(keys.size(), IntStream.of(signers).boxed().toList(), signatures));
  }
}
