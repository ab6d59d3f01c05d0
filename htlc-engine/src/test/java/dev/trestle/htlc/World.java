package dev.trestle.htlc;

import dev.trestle.adapter.ChainProfile;
import dev.trestle.adapter.ChainProfile.Finality;
import dev.trestle.adapter.ChainProfile.Timing;
import dev.trestle.adapter.sim.ManualTime;
import dev.trestle.adapter.sim.SimChain;
import dev.trestle.base.Amount;
import dev.trestle.base.AssetId;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import java.util.List;

/** Two simulated chains, two parties and the terms between them. */
final class World {
  static final long START = 1_800_000_000L;
  static final long TICK = 60;
  static final int FINAL = 3;
  static final Amount FIRST = Amount.of(50_000);
  static final Amount SECOND = Amount.of(70_000);
  static final Amount PURSE = Amount.of(100_000);
  static final TimelockPolicy POLICY = new TimelockPolicy(600, 120);

  final ManualTime time = new ManualTime(START);
  final SimChain first;
  final SimChain second;
  final List<SimChain> chains;
  final Party alice;
  final Party bob;

  World(SimChain.Flavor firstFlavor, SimChain.Flavor secondFlavor) {
    this.first = chain("first", firstFlavor);
    this.second = chain("second", secondFlavor);
    this.chains = List.of(first, second);
    this.alice = new Party(this, Role.INITIATOR);
    this.bob = new Party(this, Role.PARTICIPANT);
    for (Party party : List.of(alice, bob)) {
      for (SimChain chain : chains) {
        for (int i = 0; i < 3; i++) {
          chain.grant(party.identity(chain), PURSE);
        }
      }
    }
  }

  private SimChain chain(String name, SimChain.Flavor flavor) {
    boolean utxo = flavor == SimChain.Flavor.UTXO;
    ChainId id = new ChainId(utxo ? "bip122" : "eip155", name);
    // Included within 5 blocks; a refund also waits for the median time past to catch up.
    Timing timing = new Timing(300, 300, utxo ? 780 : 300, 240, 60, 60, utxo);
    ChainProfile profile =
        new ChainProfile(
            id, name, AssetId.nativeCoin(id, 1), 8, TICK, new Finality.Depth(FINAL), timing, false);
    return new SimChain(profile, flavor, time::nowSeconds);
  }

  List<Timing> timings() {
    return chains.stream().map(c -> c.profile().timing()).toList();
  }

  List<ChainProfile> profiles() {
    return chains.stream().map(SimChain::profile).toList();
  }

  Hash32 secret() {
    return Secrets.derive(alice.seed, Party.SECRET_INDEX);
  }

  SwapTerms terms() {
    return terms(POLICY.propose(time.nowSeconds(), profiles()));
  }

  SwapTerms terms(List<Long> expiries) {
    SwapLeg one =
        new SwapLeg(
            first.profile().chain(),
            first.profile().nativeAsset(),
            FIRST,
            bob.identity(first),
            alice.identity(first),
            expiries.get(0));
    SwapLeg two =
        new SwapLeg(
            second.profile().chain(),
            second.profile().nativeAsset(),
            SECOND,
            alice.identity(second),
            bob.identity(second),
            expiries.get(1));
    return SwapTerms.of(Secrets.hashOf(secret()), one, two, alice.identityKey(), bob.identityKey());
  }

  /** One block on each chain. */
  void tick() {
    time.advanceSeconds(TICK);
    chains.forEach(SimChain::mine);
  }

  /** Both parties act, then the chains move, until both have ended. */
  void runToEnd(int maxTicks) {
    for (int i = 0; i < maxTicks && !(alice.status().isEnd() && bob.status().isEnd()); i++) {
      alice.step();
      bob.step();
      tick();
    }
  }

  Amount balance(Party party, SimChain chain) {
    return chain.balance(party.identity(chain));
  }

  /** Coins that the party had at the start on each chain. */
  static Amount wealth() {
    return PURSE.plus(PURSE).plus(PURSE);
  }
}
