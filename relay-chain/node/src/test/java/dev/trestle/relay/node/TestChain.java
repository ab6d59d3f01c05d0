package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.crypto.SecretKey;
import dev.trestle.relay.consensus.Block;
import dev.trestle.relay.consensus.CommitCertificate;
import dev.trestle.relay.consensus.SignatureList;
import dev.trestle.relay.consensus.Statement;
import dev.trestle.relay.consensus.ValidatorSet;
import dev.trestle.relay.ledger.Families;
import dev.trestle.relay.ledger.Genesis;
import dev.trestle.relay.ledger.Ledger;
import dev.trestle.relay.ledger.record.ProposalRecord;
import dev.trestle.relay.ledger.tx.GovernanceAction;
import dev.trestle.relay.ledger.tx.Transaction;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The ledger's chain in a store, with certificates by real keys and without a network. */
final class TestChain implements AutoCloseable {
  static final int EPOCH = 10;
  static final Genesis.Parameters PARAMETERS =
      new Genesis.Parameters(2_000_000, 500_000, 3, 144, 10_000, 4_000_000, 8_000_000, EPOCH, 0);

  final DevNet net;
  final Path dataDir;
  RocksStore store;
  ChainExecutor chain;
  LedgerMachine machine;
  private final Map<String, Long> nonces = new TreeMap<>();

  /** As many keys as {@code net} has, of which the first four validate. */
  TestChain(DevNet net, Path dataDir) {
    this.net = net;
    this.dataDir = dataDir;
    open();
  }

  void open() {
    store = RocksStore.open(NodeFiles.store(dataDir), net.genesis.chainId());
    machine = new LedgerMachine(Ledger.open(net.genesis, Families.of(List.of()), store.state()));
    chain = new ChainExecutor(net.genesis, machine, store, () -> 0L);
  }

  /** As a restart finds it. */
  void reopen() {
    close();
    open();
  }

  /** Blocks without transactions. */
  void grow(int blocks) {
    for (int i = 0; i < blocks; i++) {
      block(0);
    }
  }

  /**
   * @param round in which it is decided
   */
  Block block(int round, Transaction... transactions) {
    Block block =
        chain
            .build(
                chain.head().timeMs() + 1_000,
                chain.validators().address(0),
                Stream.of(transactions).map(Transaction::encode).toList(),
                List.of())
            .orElseThrow();
    ChainExecutor.Committed _ = chain.commit(block, certify(block, round, chain.validators()));
    return block;
  }

  CommitCertificate certify(Block block, int round, ValidatorSet set) {
    Hash32 digest =
        Statement.commit(block.height(), round, block.id()).digest(net.genesis.chainId());
    List<Integer> signers = new ArrayList<>();
    List<EcdsaSignature> signatures = new ArrayList<>();
    for (int i = 0; i < set.quorum(); i++) {
      signers.add(i);
      signatures.add(Secp256k1.instance().signEcdsa(digest, key(set, i)));
    }
    return new CommitCertificate(
        block.height(), round, block.id(), new SignatureList(set.size(), signers, signatures));
  }

  private SecretKey key(ValidatorSet set, int index) {
    for (int i = 0; ; i++) {
      SecretKey key = net.validatorKey(i);
      if (key.publicKey().evmAddress().equals(set.address(index))) {
        return key;
      }
    }
  }

  Transaction filler() {
    return sign("filler", DevNet.key("filler", 0), net.transaction("filler", 0).body());
  }

  private Transaction sign(String who, SecretKey key, TransactionBody body) {
    long nonce = nonces.merge(who, 1L, Long::sum) - 1;
    return Transaction.sign(net.genesis.chainId(), key, nonce, body);
  }

  private void governance(int member, TransactionBody body) {
    block(0, sign("g" + member, DevNet.key("governance", member), body));
  }

  /** Governance replaces the set, and blocks are made until it is at work. */
  void change(int... validators) {
    long epoch = chain.head().nextEpoch();
    List<Genesis.Validator> set = net.members(validators);
    governance(0, new TransactionBody.Propose(new GovernanceAction.SetValidators(set)));
    ProposalRecord proposal =
        machine.ledger().view().proposal(machine.ledger().view().lastProposal()).orElseThrow();
    for (int voter = 1; voter < 3; voter++) {
      governance(voter, new TransactionBody.Vote(proposal.number(), proposal.actionHash()));
    }
    governance(0, new TransactionBody.ExecuteProposal(proposal.number()));
    for (int i : validators) {
      block(
          0,
          sign(
              "v" + i,
              net.validatorKey(i),
              new TransactionBody.ValidatorReady(chain.head().height())));
    }
    while (chain.head().nextEpoch() == epoch) {
      block(0);
    }
  }

  /** The snapshot of the head, in a file. */
  Path snapshot(Path file) {
    SnapshotManifest _ = SnapshotFile.create(file, store, net.genesis.chainId());
    return file;
  }

  /** Its chunks. */
  static List<Bytes> chunks(Path file) {
    List<Bytes> chunks = new ArrayList<>();
    try (SnapshotFile open = SnapshotFile.open(file)) {
      for (int i = 0; i < open.manifest().chunks().size(); i++) {
        chunks.add(NodeReset.accepted(open.chunk(i)));
      }
    }
    return chunks;
  }

  @Override
  public void close() {
    store.close();
  }
}
