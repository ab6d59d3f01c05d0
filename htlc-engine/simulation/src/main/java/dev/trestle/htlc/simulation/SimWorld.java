package dev.trestle.htlc.simulation;

import dev.trestle.adapter.Async;
import dev.trestle.adapter.ChainProfile;
import dev.trestle.adapter.ChainProfile.Finality;
import dev.trestle.adapter.ChainProfile.Timing;
import dev.trestle.adapter.HtlcPort.HtlcObservation;
import dev.trestle.adapter.sim.ManualTime;
import dev.trestle.adapter.sim.SimAdapter;
import dev.trestle.adapter.sim.SimChain;
import dev.trestle.adapter.sim.SimTransaction.Signatures;
import dev.trestle.base.Amount;
import dev.trestle.base.AssetId;
import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.SecretKey;
import dev.trestle.htlc.Secrets;
import dev.trestle.htlc.SwapLeg;
import dev.trestle.htlc.SwapTerms;
import dev.trestle.htlc.TimelockPolicy;
import java.util.ArrayList;
import java.util.List;

/** Chains, keys, purses and the agreed terms of one run. */
final class SimWorld {
  static final long START = 1_800_000_000L;
  static final long SECRET_INDEX = 3;

  /** Coins that every party has on every chain at the start. */
  static final Amount WEALTH = Amount.of(300_000);

  private static final Amount COIN = Amount.of(100_000);
  private static final int COINS = 3;
  private static final List<Amount> AMOUNTS =
      List.of(Amount.of(50_000), Amount.of(70_000), Amount.of(30_000));

  /** Less than any transaction may take. */
  private static final long CONSTANT_GAP = 120;

  private static final List<Bytes> SEEDS = List.of(seed("first"), seed("second"), seed("third"));

  /** Wallets of the parties: the same in all runs, because making keys is slow. */
  private static final List<SecretKey> WALLETS =
      SEEDS.stream().map(seed -> SecretKey.derive(seed, "wallet")).toList();

  final ManualTime time = new ManualTime(START);
  final List<SimChain> chains = new ArrayList<>();
  final List<SimAdapter> truth = new ArrayList<>();
  final SwapTerms terms;
  private final Scenario scenario;

  SimWorld(Scenario scenario) {
    this.scenario = scenario;
    for (int leg = 0; leg < scenario.chains().size(); leg++) {
      chains.add(chain(leg, scenario.chains().get(leg), scenario.skews().get(leg)));
      truth.add(new SimAdapter(chains.get(leg)));
    }
    for (int party = 0; party < chains.size(); party++) {
      for (int leg = 0; leg < chains.size(); leg++) {
        for (int i = 0; i < COINS; i++) {
          chains.get(leg).grant(identity(party, leg), COIN);
        }
      }
    }
    this.terms = agree();
  }

  private static Bytes seed(String name) {
    return Bytes.utf8("seed of the " + name + " party");
  }

  static Bytes seedOf(int party) {
    return SEEDS.get(party);
  }

  static SecretKey wallet(int party) {
    return WALLETS.get(party);
  }

  private SimChain chain(int leg, Scenario.ChainKind kind, long skew) {
    boolean script = kind == Scenario.ChainKind.SCRIPT;
    ChainId id = new ChainId(script ? "bip122" : "eip155", "leg-" + (leg + 1));
    boolean soft = kind != Scenario.ChainKind.HARD_CONTRACT;
    // Included within 5 blocks; a refund of a script also waits for the median to catch up.
    Timing timing = new Timing(300, 300, script ? 780 : 300, 240, 60, Scenario.TICK, soft);
    ChainProfile profile =
        new ChainProfile(
            id,
            id.toString(),
            AssetId.nativeCoin(id, leg + 1),
            8,
            Scenario.TICK,
            new Finality.Depth(Scenario.FINAL),
            timing,
            false);
    SimChain.Flavor flavor = script ? SimChain.Flavor.UTXO : SimChain.Flavor.ACCOUNT;
    return new SimChain(profile, flavor, () -> time.nowSeconds() + skew, Signatures.STAND_IN);
  }

  private SwapTerms agree() {
    List<SwapLeg> legs = new ArrayList<>();
    List<Long> expiries = expiries();
    for (int leg = 0; leg < chains.size(); leg++) {
      ChainProfile profile = chains.get(leg).profile();
      legs.add(
          new SwapLeg(
              profile.chain(),
              profile.nativeAsset(),
              AMOUNTS.get(leg),
              identity((leg + 1) % chains.size(), leg),
              identity(leg, leg),
              expiries.get(leg)));
    }
    return new SwapTerms(
        Secrets.hashOf(secret()),
        legs,
        WALLETS.subList(0, chains.size()).stream().map(SecretKey::publicKey).toList());
  }

  private List<Long> expiries() {
    List<ChainProfile> profiles = chains.stream().map(SimChain::profile).toList();
    List<Long> safe = Scenario.POLICY.propose(START, profiles);
    return switch (scenario.flaw()) {
      case GAP_TOO_SMALL -> {
        List<Long> tight = new ArrayList<>();
        for (int leg = 0; leg < safe.size(); leg++) {
          tight.add(safe.getLast() + CONSTANT_GAP * (safe.size() - 1 - leg));
        }
        yield tight;
      }
      case NO_OUTAGE_BUDGET -> tighter(safe, new TimelockPolicy(0, 0));
      default -> safe;
    };
  }

  /** The last expiry as it should be, the others by gaps that are not. */
  private List<Long> tighter(List<Long> safe, TimelockPolicy policy) {
    List<Long> result = new ArrayList<>(safe);
    for (int leg = safe.size() - 2; leg >= 0; leg--) {
      Timing incoming = chains.get(leg).profile().timing();
      Timing own = chains.get(leg + 1).profile().timing();
      result.set(leg, result.get(leg + 1) + policy.requiredGap(incoming, own));
    }
    return result;
  }

  Bytes identity(int party, int leg) {
    return truth.get(leg).htlc().orElseThrow().partyKey(wallet(party));
  }

  Hash32 secret() {
    return Secrets.derive(seedOf(0), SECRET_INDEX);
  }

  long expiry(int leg) {
    return terms.legs().get(leg).expirySeconds();
  }

  /** What is on the chain, without anybody's faults. */
  HtlcObservation observe(int leg) {
    return Async.await(truth.get(leg).htlc().orElseThrow().observe(terms.htlcTerms(leg)));
  }

  Amount balance(int party, int leg) {
    return chains.get(leg).balance(identity(party, leg));
  }
}
