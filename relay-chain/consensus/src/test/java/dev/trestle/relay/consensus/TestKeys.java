package dev.trestle.relay.consensus;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.PublicKey;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.crypto.SecretKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Fixed keys in the order of their addresses, and what tests make with them. */
final class TestKeys {
  static final Hash32 CHAIN = Digests.keccak256(Bytes.utf8("test chain"));
  static final long GENESIS_MS = 1_700_000_000_000L;

  final List<SecretKey> secrets = new ArrayList<>();
  final ValidatorSet validators;

  TestKeys(int count) {
    for (int i = 0; i < count; i++) {
      secrets.add(SecretKey.derive(Bytes.utf8("test"), "validator/" + i));
    }
    secrets.sort(Comparator.comparing(key -> key.publicKey().evmAddress()));
    List<PublicKey> keys = secrets.stream().map(SecretKey::publicKey).toList();
    validators = ValidatorSet.of(keys);
  }

  EcdsaSignature sign(int index, Hash32 digest) {
    return Secp256k1.instance().signEcdsa(digest, secrets.get(index));
  }

  SignedMessage sign(int index, ConsensusMessage message) {
    return new SignedMessage(
        message, validators.address(index), sign(index, message.statement().digest(CHAIN)));
  }

  SignedStatement sign(int index, Statement statement) {
    return new SignedStatement(
        statement, validators.address(index), sign(index, statement.digest(CHAIN)));
  }

  SignatureList signatures(Statement statement, Collection<Integer> signers) {
    SortedMap<Integer, EcdsaSignature> signatures = new TreeMap<>();
    signers.forEach(i -> signatures.put(i, sign(i, statement.digest(CHAIN))));
    return SignatureList.of(validators.size(), signatures);
  }

  CommitCertificate commit(long height, int round, Hash32 blockId, Integer... signers) {
    return new CommitCertificate(
        height,
        round,
        blockId,
        signatures(Statement.commit(height, round, blockId), List.of(signers)));
  }

  PreparedCertificate prepared(long height, int round, Hash32 blockId, Integer... signers) {
    return new PreparedCertificate(
        height,
        round,
        blockId,
        signatures(Statement.prepare(height, round, blockId), List.of(signers)));
  }

  /** Block 1 by {@code builder}, its content and state root from {@code content}. */
  Block block(int builder, String content) {
    return block(builder, content, GENESIS_MS + 1_000);
  }

  Block block(int builder, String content, long timeMs) {
    return block(1, CHAIN, Optional.empty(), builder, content, timeMs, List.of());
  }

  Block block(
      long height,
      Hash32 parentId,
      Optional<CommitCertificate> lastCommit,
      int builder,
      String content,
      long timeMs,
      List<Evidence> evidence) {
    List<Bytes> transactions = List.of(Bytes.utf8(content));
    RelayHeader header =
        new RelayHeader(
            CHAIN,
            height,
            timeMs,
            parentId,
            0,
            validators.hash(),
            validators.hash(),
            Block.txRoot(transactions),
            stateRoot(content),
            id("outbox"),
            id("history"),
            Block.lastCommitHash(lastCommit),
            Block.evidenceRoot(evidence),
            validators.address(builder));
    return new Block(header, transactions, lastCommit, evidence);
  }

  /** The same block of another epoch. */
  Block withEpoch(Block block, long epoch) {
    RelayHeader h = block.header();
    RelayHeader header =
        new RelayHeader(
            h.chainId(),
            h.height(),
            h.timeMs(),
            h.parentId(),
            epoch,
            h.validatorsHash(),
            h.nextValidatorsHash(),
            h.txRoot(),
            h.stateRoot(),
            h.outboxRoot(),
            h.historyRoot(),
            h.lastCommitHash(),
            h.evidenceRoot(),
            h.builder());
    return new Block(header, block.transactions(), block.lastCommit(), block.evidence());
  }

  static Hash32 stateRoot(String content) {
    return id("state " + content);
  }

  static Hash32 id(String text) {
    return Digests.keccak256(Bytes.utf8(text));
  }
}
