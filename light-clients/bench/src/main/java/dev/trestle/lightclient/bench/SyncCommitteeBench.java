package dev.trestle.lightclient.bench;

import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Bls12381;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.ClientDelta;
import dev.trestle.lightclient.ClientView;
import dev.trestle.lightclient.LightClient;
import dev.trestle.lightclient.VerifiedUpdate;
import dev.trestle.lightclient.ethereum.BeaconFork;
import dev.trestle.lightclient.ethereum.BeaconNetworks;
import dev.trestle.lightclient.ethereum.EthereumAnchor;
import dev.trestle.lightclient.ethereum.EthereumFamily;
import dev.trestle.lightclient.ethereum.EthereumMessage;
import dev.trestle.lightclient.ethereum.LightClientBootstrap;
import dev.trestle.lightclient.ethereum.LightClientUpdate;
import dev.trestle.lightclient.ethereum.Preset;
import dev.trestle.lightclient.ethereum.Profile;
import dev.trestle.lightclient.ethereum.vectors.BeaconJson;
import dev.trestle.lightclient.vectors.VectorJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import supranational.blst.BLST_ERROR;
import supranational.blst.P1;
import supranational.blst.P1_Affine;
import supranational.blst.P2_Affine;
import tools.jackson.databind.JsonNode;

/**
 * A finality update of mainnet that 506 of 512 seats signed: the whole verification through the
 * client, beside jblst's bare {@code fastAggregateVerify} with the keys decoded; and the first
 * state, in which every key of the committee is decoded and validated.
 *
 * <p>Reads {@code ../ethereum/src/test/resources/vectors} or the folder in the system property
 * {@code vectors}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 10, time = 1)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class SyncCommitteeBench {
  private static final long AMPLE = 1L << 40;
  private static final long SLOT = 6_718_464;
  private static final long NOW = BeaconNetworks.MAINNET.timeAt(SLOT);

  private final LightClient client = new EthereumFamily().client();
  private Bytes anchor = Bytes.EMPTY;
  private Bytes message = Bytes.EMPTY;
  private ClientView view = key -> Optional.empty();
  private BitSet signers = new BitSet();
  private P1_Affine[] keys = {};
  private byte[] signingRoot = {};
  private byte[] signature = {};

  @Setup
  public void setUp() throws IOException {
    Path folder = Path.of(System.getProperty("vectors", "../ethereum/src/test/resources/vectors"));
    Path file = folder.resolve("ethereum-lc/mainnet/capella-820-finality.json");
    JsonNode json = VectorJson.parse(Bytes.wrap(Files.readAllBytes(file)));
    BeaconJson reader = new BeaconJson(Preset.MAINNET, BeaconFork.CAPELLA);
    LightClientBootstrap bootstrap = reader.bootstrap(VectorJson.field(json, "bootstrap"));
    JsonNode step = VectorJson.list(json, "steps").getFirst();
    LightClientUpdate update = reader.update(VectorJson.field(step, "data"));
    anchor = anchor(bootstrap);
    message =
        EthereumMessage.of(
                EthereumMessage.Kind.FINALITY,
                BeaconFork.CAPELLA,
                update.encode(LightClientUpdate.Kind.FINALITY))
            .encode();
    view = client.initialize(anchor, new Budget(AMPLE)).orThrow().over(key -> Optional.empty());
    signers = update.aggregate().signers();
    keys = new P1_Affine[bootstrap.committee().size()];
    for (int i = 0; i < keys.length; i++) {
      Bytes key = bootstrap.committee().publicKeys().slice(48 * i, 48 * (i + 1));
      keys[i] = new P1_Affine(key.toArray());
    }
    signingRoot =
        BeaconNetworks.MAINNET
            .signingRoot(update.attested().beacon().root(), update.signatureSlot())
            .toArray();
    signature = update.aggregate().signature().toArray();
    client.verify(view, message, new Budget(AMPLE), NOW).orThrow();
  }

  private static Bytes anchor(LightClientBootstrap bootstrap) {
    return new EthereumAnchor(
            new EthereumAnchor.Settings(
                ChainId.parse("eip155:1"),
                BeaconNetworks.MAINNET,
                Profile.BRIDGE,
                EthereumAnchor.Settings.DEFAULT_TRUSTING_PERIOD),
            bootstrap.header().beacon().root(),
            BeaconFork.CAPELLA,
            bootstrap.encode(),
            Optional.empty())
        .encode();
  }

  @Benchmark
  public Verdict<VerifiedUpdate> update() {
    return client.verify(view, message, new Budget(AMPLE), NOW);
  }

  @Benchmark
  public Verdict<ClientDelta> coldCommittee() {
    return client.initialize(anchor, new Budget(AMPLE));
  }

  @Benchmark
  public BLST_ERROR bareFastAggregateVerify() {
    P2_Affine point = new P2_Affine(signature);
    if (!point.in_group()) {
      throw new IllegalStateException("not a signature");
    }
    P1 sum = new P1();
    for (int i = 0; i < keys.length; i++) {
      if (signers.get(i)) {
        sum.add(keys[i]);
      }
    }
    return point.core_verify(sum.to_affine(), true, signingRoot, Bls12381.DST);
  }
}
