package dev.trestle.dist.role;

import static dev.trestle.adapter.Async.await;

import dev.trestle.base.Amount;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.base.TimeSource;
import dev.trestle.base.TrestleException;
import dev.trestle.gateway.hub.FollowerNode;
import dev.trestle.gateway.hub.HubNode;
import dev.trestle.gateway.hub.PatientSender;
import dev.trestle.gateway.hub.RelaySender;
import dev.trestle.lightclient.LightClientFamily;
import dev.trestle.notary.CommitteeMember;
import dev.trestle.notary.CommitteeService;
import dev.trestle.notary.EquivocationGuard;
import dev.trestle.notary.KeyFile;
import dev.trestle.notary.MemberKeys;
import dev.trestle.notary.Passphrase;
import dev.trestle.notary.SigningPolicy;
import dev.trestle.relay.ledger.Genesis;
import dev.trestle.relay.node.NodeConfigFile;
import dev.trestle.relay.node.RelayNode;
import dev.trestle.sdk.Chains;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;

/**
 * One committee member: its own follower of the relay chain, its own chain nodes, its own keys and
 * its own guard. Several may run in one process; they share nothing.
 */
public final class NotaryProcess implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofMillis(250);

  /**
   * Configuration file. Paths are relative to it.
   *
   * @param node configuration of the member's follower
   * @param chains chains file
   * @param keyFile the member's encrypted seed
   * @param passphraseFile its passphrase; empty to take it from the environment
   * @param senderKey key file of its transactions on the relay chain
   * @param guard file of the equivocation guard; made by {@code notary init}
   * @param maxAmount most that this member signs for in one release, smallest units
   * @param maxFeeRate most satoshi per virtual byte
   * @param firstHeights by CAIP-2 id: block from which a bridge contract may have spoken
   */
  public record Config(
      String node,
      String chains,
      String keyFile,
      String passphraseFile,
      String senderKey,
      String guard,
      String maxAmount,
      long maxFeeRate,
      Map<String, Long> firstHeights) {}

  /** What was opened, the last first. */
  private final Deque<Runnable> open;

  private NotaryProcess(Deque<Runnable> open) {
    this.open = open;
  }

  /**
   * Starts one member; blocks until it works. A chain whose node is away does not keep it from
   * starting: the log and the metrics name it, all else goes on, and it is taken up when its node
   * is there.
   *
   * @throws TrestleException when the configuration, a key or the guard is wrong, or a node is
   *     another chain than its entry says; nothing stays open then
   */
  public static NotaryProcess start(Path configFile) {
    Deque<Runnable> open = new ArrayDeque<>();
    try {
      assemble(ConfigFiles.folderOf(configFile), ConfigFiles.read(configFile, Config.class), open);
      return new NotaryProcess(open);
    } catch (RuntimeException e) {
      open.forEach(Runnable::run);
      throw e;
    }
  }

  private static void assemble(Path folder, Config config, Deque<Runnable> open) {
    Vertx vertx = Vertx.vertx();
    open.push(() -> await(vertx.close()));
    TimeSource time = TimeSource.system();
    RelayNode follower = await(RelayNode.start(NodeConfigFile.load(folder.resolve(config.node()))));
    open.push(() -> await(follower.close()));
    HubNode node = new FollowerNode(follower, time);
    MemberKeys keys = open(folder, config);
    int number = number(follower.genesis(), keys);
    Map<ChainId, Long> first = new TreeMap<>();
    config.firstHeights().forEach((chain, height) -> first.put(ChainId.parse(chain), height));
    Chains chains = new Chains(vertx, time);
    open.push(chains::close);
    ChainsFile file = new ChainsFile(folder.resolve(config.chains()), chains);
    open.push(file::close);
    file.startStrictly().watch();
    RelaySender sender =
        new RelaySender(node, ConfigFiles.readKey(folder.resolve(config.senderKey())));
    EquivocationGuard guard =
        EquivocationGuard.open(
            folder.resolve(config.guard()),
            follower.genesis().chainId(),
            keys.custody().publicKey().xOnly());
    open.push(guard::close);
    CommitteeMember member =
        new CommitteeMember(
            new LedgerCommittee(node, new PatientSender<>(sender::submit), number, first),
            keys,
            guard,
            chains::adapter,
            families(),
            new SigningPolicy(Amount.parse(config.maxAmount()), config.maxFeeRate()),
            new SecureRandom());
    follower.addMetrics(new NotaryMetrics(member, file));
    open.push(new CommitteeService(member, PAUSE)::close);
  }

  private static Map<String, LightClientFamily> families() {
    Map<String, LightClientFamily> families = new TreeMap<>();
    ServiceLoader.load(LightClientFamily.class)
        .forEach(family -> families.put(family.type(), family));
    return families;
  }

  private static MemberKeys open(Path folder, Config config) {
    Passphrase passphrase =
        config.passphraseFile().isEmpty()
            ? Passphrase.fromEnvironment(System.getenv())
            : Passphrase.fromFile(folder.resolve(config.passphraseFile()));
    try (passphrase) {
      return KeyFile.open(folder.resolve(config.keyFile()), passphrase);
    }
  }

  /** The member's number follows from its keys; keys of nobody in the committee are refused. */
  private static int number(Genesis genesis, MemberKeys keys) {
    List<Genesis.NotaryMember> members = genesis.committee().members();
    Hash32 custody = keys.custody().publicKey().xOnly();
    for (int i = 0; i < members.size(); i++) {
      if (members.get(i).custodyKey().equals(custody)
          && members.get(i).attestKey().equals(keys.attestation().publicKey())) {
        return i;
      }
    }
    throw new TrestleException(
        ConfigFiles.Reason.BAD_CONFIG, "these keys belong to no member of the committee");
  }

  /** Waits for the run in progress, and closes what it uses after it. */
  @Override
  public void close() {
    while (!open.isEmpty()) {
      open.pop().run();
    }
  }
}
