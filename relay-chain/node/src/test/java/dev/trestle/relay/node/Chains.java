package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.crypto.SecretKey;
import dev.trestle.relay.consensus.Block;
import dev.trestle.relay.consensus.ChainHead;
import dev.trestle.relay.consensus.CommitCertificate;
import dev.trestle.relay.consensus.RelayHeader;
import dev.trestle.relay.consensus.SignatureList;
import dev.trestle.relay.consensus.Statement;
import dev.trestle.relay.consensus.ValidatorSet;
import java.util.List;
import java.util.Optional;

/** Blocks and certificates without an execution behind them, by a set of one validator. */
final class Chains {
  static final Hash32 CHAIN = Digests.keccak256(Bytes.utf8("a chain"));
  static final SecretKey KEY = DevNet.key("single", 0);
  static final ValidatorSet SET = ValidatorSet.of(List.of(KEY.publicKey()));

  private Chains() {}

  static ChainHead genesis() {
    return ChainHead.genesis(CHAIN, 1_000, SET);
  }

  static Block block(ChainHead parent, Optional<CommitCertificate> lastCommit, long timeMs) {
    return block(parent, lastCommit, timeMs, List.of());
  }

  /** Block 1. */
  static Block block(List<Bytes> transactions, long timeMs) {
    return block(genesis(), Optional.empty(), timeMs, transactions);
  }

  private static Block block(
      ChainHead parent,
      Optional<CommitCertificate> lastCommit,
      long timeMs,
      List<Bytes> transactions) {
    RelayHeader header =
        new RelayHeader(
            CHAIN,
            parent.height() + 1,
            timeMs,
            parent.id(),
            0,
            SET.hash(),
            SET.hash(),
            Block.txRoot(transactions),
            Digests.sha256(Bytes.utf8("state " + parent.height())),
            Hash32.ZERO,
            Hash32.ZERO,
            Block.lastCommitHash(lastCommit),
            Block.evidenceRoot(List.of()),
            KEY.publicKey().evmAddress());
    return new Block(header, transactions, lastCommit, List.of());
  }

  static CommitCertificate certify(Block block) {
    Statement commit = Statement.commit(block.height(), 0, block.id());
    EcdsaSignature signature = Secp256k1.instance().signEcdsa(commit.digest(CHAIN), KEY);
    return new CommitCertificate(
        block.height(), 0, block.id(), new SignatureList(1, List.of(0), List.of(signature)));
  }
}
