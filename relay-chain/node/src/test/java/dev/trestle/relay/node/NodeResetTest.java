package dev.trestle.relay.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.ReasonCode;
import dev.trestle.base.TrestleException;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.relay.consensus.CommitCertificate;
import dev.trestle.relay.consensus.ConsensusCode;
import dev.trestle.relay.consensus.Fork;
import dev.trestle.relay.consensus.SignGuardRules;
import dev.trestle.relay.consensus.SignPosition;
import dev.trestle.relay.consensus.StatementKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator does to a stopped validator. */
class NodeResetTest {
  @TempDir Path temp;

  private DevNet net;
  private NodeConfig config;
  private Path snapshot = Path.of("");

  @BeforeEach
  void chain() throws IOException {
    net = new DevNet(temp, 4);
    config =
        new NodeConfig(
            net.home(DevNet.name(0)),
            temp.resolve("genesis.hex"),
            "127.0.0.1",
            0,
            List.of(),
            new NodeConfig.Role.Validator(net.keyFile(0), false),
            0,
            NodeConfig.Timing.DEVNET,
            NodeConfig.Operations.DEFAULT);
    snapshot = temp.resolve("a.snapshot");
    try (TestChain chain = new TestChain(net, config.dataDir())) {
      chain.block(0, chain.filler());
      chain.grow(8);
    }
    NodeFiles.createSignGuard(net.keyFile(0));
    Files.createDirectories(NodeFiles.writeAheadLog(config.dataDir()));
  }

  @AfterEach
  void close() {
    net.close();
  }

  private void signedAt(long height) {
    EcdsaSignature signature =
        Secp256k1.instance().signEcdsa(net.genesis.chainId(), net.validatorKey(0));
    SignPosition position = new SignPosition(height, 0, StatementKind.COMMIT);
    try (SignGuardFile guard = SignGuardFile.open(NodeFiles.signGuard(net.keyFile(0)))) {
      guard.store(
          new GuardState(
                  5,
                  0,
                  Optional.of(new SignGuardRules.Last(position, net.genesis.chainId(), signature)))
              .encode());
    }
  }

  private void refused(ReasonCode reason, Runnable command) {
    assertThatThrownBy(command::run)
        .isInstanceOfSatisfying(
            TrestleException.class, e -> assertThat(e.code()).isEqualTo(reason));
  }

  private long head() {
    try (TestChain chain = new TestChain(net, config.dataDir())) {
      return chain.store.head();
    }
  }

  @Test
  void aSnapshotIsTakenAndTheGuardIsAsItWas() throws IOException {
    NodeReset.Place place = NodeReset.snapshot(config, snapshot);
    assertThat(place.height()).isEqualTo(9);
    refused(NodeReason.ALREADY_EXISTS, () -> NodeReset.snapshot(config, snapshot));
    signedAt(10);
    Bytes guard = Bytes.wrap(Files.readAllBytes(NodeFiles.signGuard(net.keyFile(0))));
    NodeReset.run(config);
    assertThat(NodeFiles.store(config.dataDir())).doesNotExist();
    assertThat(NodeFiles.writeAheadLog(config.dataDir())).doesNotExist();
    assertThat(NodeReset.run(config, snapshot)).isEqualTo(place);
    assertThat(head()).isEqualTo(9);
    assertThat(Bytes.wrap(Files.readAllBytes(NodeFiles.signGuard(net.keyFile(0)))))
        .isEqualTo(guard);
    // an older guard is noticed by the new store as by the old one
    try (TestChain chain = new TestChain(net, config.dataDir());
        SignGuardFile file = SignGuardFile.open(NodeFiles.signGuard(net.keyFile(0)))) {
      assertThat(chain.store.guardSequence()).isEqualTo(file.sequence());
    }
    Files.delete(NodeFiles.signGuard(net.keyFile(0)));
    NodeFiles.createSignGuard(net.keyFile(0));
    refused(NodeReason.GUARD_ROLLED_BACK, () -> NodeReset.run(config));
    refused(NodeReason.GUARD_ROLLED_BACK, () -> NodeReset.run(config, snapshot));
    assertThat(head()).isEqualTo(9);
  }

  @Test
  void aSnapshotBelowWhatTheKeySignedIsRefusedAndNothingChanges() {
    NodeReset.Place _ = NodeReset.snapshot(config, snapshot);
    signedAt(11);
    refused(NodeReason.SNAPSHOT_BELOW_GUARD, () -> NodeReset.run(config, snapshot));
    assertThat(head()).isEqualTo(9);
    assertThat(NodeFiles.writeAheadLog(config.dataDir())).exists();
  }

  @Test
  void nothingIsDoneToANodeThatRuns() {
    NodeReset.Place _ = NodeReset.snapshot(config, snapshot);
    try (SignGuardFile _ = SignGuardFile.open(NodeFiles.signGuard(net.keyFile(0)))) {
      refused(NodeReason.GUARD_IN_USE, () -> NodeReset.run(config));
    }
    try (TestChain chain = new TestChain(net, config.dataDir())) {
      refused(NodeReason.NODE_RUNNING, () -> NodeReset.run(config));
      refused(NodeReason.NODE_RUNNING, () -> NodeReset.run(config, snapshot));
      Path copy = temp.resolve("copy.snapshot");
      refused(NodeReason.NOT_FOUND, () -> NodeReset.snapshot(config, copy));
      Path own = new SnapshotFolder(config.dataDir()).file(9);
      Path _ = chain.snapshot(own);
      assertThat(NodeReset.snapshot(config, copy).height()).isEqualTo(9);
      assertThat(copy).hasSameBinaryContentAs(own);
    }
  }

  @Test
  void proofOfAForkIsNotRemoved() {
    NodeReset.Place _ = NodeReset.snapshot(config, snapshot);
    try (TestChain chain = new TestChain(net, config.dataDir())) {
      CommitCertificate decided = chain.store.certificate(9).orElseThrow();
      Hash32 other = net.genesis.chainId();
      chain.store.keepFork(
          new Fork(
              decided, new CommitCertificate(9, decided.round(), other, decided.signatures())));
    }
    refused(ConsensusCode.FORKED, () -> NodeReset.run(config));
    refused(ConsensusCode.FORKED, () -> NodeReset.run(config, snapshot));
    assertThat(head()).isEqualTo(9);
  }

  /** The proof is found after the new store is whole and before it has taken its place. */
  @Test
  void proofOfAForkIsNotReplacedByANewStore() throws IOException {
    NodeReset.Place _ = NodeReset.snapshot(config, snapshot);
    for (boolean forked : List.of(false, true)) {
      try (TestChain chain = new TestChain(net, config.dataDir());
          SnapshotFile file = SnapshotFile.open(snapshot)) {
        if (forked) {
          CommitCertificate decided = chain.store.certificate(9).orElseThrow();
          Hash32 other = net.genesis.chainId();
          chain.store.keepFork(
              new Fork(
                  decided, new CommitCertificate(9, decided.round(), other, decided.signatures())));
        }
        NodeReset.restore(config.dataDir(), net.genesis, file, SnapshotRestore.Guard.NONE);
      }
      assertThat(new StoreSwitch(config.dataDir()).isPending()).isTrue();
      try (RocksStore store = NodeAssembly.openStore(config.dataDir(), net.genesis.chainId())) {
        assertThat(store.fork().isPresent()).isEqualTo(forked);
        assertThat(store.head()).isEqualTo(9);
      }
      assertThat(new StoreSwitch(config.dataDir()).isPending()).isFalse();
    }
  }

  @Test
  void aDamagedSnapshotChangesNothing() throws IOException {
    NodeReset.Place _ = NodeReset.snapshot(config, snapshot);
    byte[] bytes = Files.readAllBytes(snapshot);
    bytes[bytes.length / 2] ^= 1;
    Files.write(snapshot, bytes);
    refused(NodeReason.SNAPSHOT_INVALID, () -> NodeReset.run(config, snapshot));
    assertThat(head()).isEqualTo(9);
  }

  @Test
  void aValidatorWithANewGuardGivesUpTheHeightAfterTheSnapshot() {
    NodeReset.Place _ = NodeReset.snapshot(config, snapshot);
    NodeReset.Place _ = NodeReset.run(config, snapshot);
    try (TestChain chain = new TestChain(net, config.dataDir())) {
      ValidatorParts parts =
          ValidatorParts.open(
              new NodeConfig.Role.Validator(net.keyFile(0), false),
              net.validatorKey(0),
              NodeFiles.writeAheadLog(config.dataDir()),
              chain.store);
      assertThat(parts.signer().silentAt(10)).isPresent();
      assertThat(parts.signer().silentAt(11)).isEmpty();
      parts.log().close();
    }
  }
}
