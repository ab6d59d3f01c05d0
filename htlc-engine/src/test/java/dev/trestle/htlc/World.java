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
import java.util.ArrayList;
import java.util.List;

/** Simulated chains, as many parties and the terms of the cycle between them. */
final class World {
  static final long START = 1_800_000_000L;
  static final long TICK = 60;
  static final int FINAL = 3;
  static final Amount FIRST = Amount.of(50_000);
  static final Amount SECOND = Amount.of(70_000);
  static final Amount THIRD = Amount.of(30_000);
  static final Amount PURSE = Amount.of(100_000);
  static final TimelockPolicy POLICY = new TimelockPolicy(600, 120);

  private static final List<String> NAMES =
      List.of("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth");
  private static final List<Amount> AMOUNTS = List.of(FIRST, SECOND, THIRD);

  final ManualTime time = new ManualTime(START);
  final SimChain first;
  final SimChain second;
  final List<SimChain> chains;
  final List<Party> parties = new ArrayList<>();
  final Party alice;
  final Party bob;

  World(SimChain.Flavor... flavors) {
    List<SimChain> made = new ArrayList<>();
    for (SimChain.Flavor flavor : flavors) {
      made.add(chain(NAMES.get(made.size()), flavor));
    }
    this.chains = List.copyOf(made);
    this.first = chains.get(0);
    this.second = chains.get(1);
    for (int i = 0; i < flavors.length; i++) {
      parties.add(new Party(this, Role.of(i)));
    }
    this.alice = parties.get(0);
    this.bob = parties.get(1);
    for (Party party : parties) {
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
    List<SwapLeg> legs = new ArrayList<>();
    for (int i = 0; i < chains.size(); i++) {
      SimChain chain = chains.get(i);
      legs.add(
          new SwapLeg(
              chain.profile().chain(),
              chain.profile().nativeAsset(),
              AMOUNTS.get(i % AMOUNTS.size()),
              parties.get((i + 1) % parties.size()).identity(chain),
              parties.get(i).identity(chain),
              expiries.get(i)));
    }
    return new SwapTerms(
        Secrets.hashOf(secret()), legs, parties.stream().map(Party::identityKey).toList());
  }

  /** One block on each chain. */
  void tick() {
    time.advanceSeconds(TICK);
    chains.forEach(SimChain::mine);
  }

  /** All parties act, then the chains move, until all have ended. */
  void runToEnd(int maxTicks) {
    for (int i = 0; i < maxTicks && !parties.stream().allMatch(p -> p.status().isEnd()); i++) {
      parties.forEach(Party::step);
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
