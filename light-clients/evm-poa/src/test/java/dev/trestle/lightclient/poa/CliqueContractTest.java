package dev.trestle.lightclient.poa;

import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.ReasonCode;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.LightClient;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.contract.Attack;
import dev.trestle.lightclient.contract.Forgery;
import dev.trestle.lightclient.contract.Input;
import dev.trestle.lightclient.contract.LightClientContract;
import dev.trestle.lightclient.contract.Quorums;
import dev.trestle.lightclient.contract.Scenario;
import dev.trestle.lightclient.contract.TrustWindow;
import dev.trestle.lightclient.evm.EvmFixture;
import dev.trestle.lightclient.evm.EvmPath;
import dev.trestle.lightclient.evm.EvmProof;
import dev.trestle.lightclient.poa.PoaSettings.Consensus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;

/** The contract over a Clique chain of three signers that vote in a fourth. */
class CliqueContractTest extends LightClientContract {
  private static final long NOW = PoaChain.GENESIS_TIME + 5 * 45;

  /** Who signs from block 33 on: everyone once in four blocks, partly out of turn. */
  private static final int[] ROTA = {0, 3, 1, 2};

  private static final PoaChain CHAIN = chain("contract");
  private static final Scenario SCENARIO = scenario(CHAIN);

  /** Blocks 30 to 42; the votes in 31 and 32 bring the fourth signer in from 33 on. */
  static PoaChain chain(String seed) {
    PoaChain chain = new PoaChain(Consensus.CLIQUE, seed, 6);
    chain.add(30, chain.draft(30).signedBy(0, 0, 1, 2));
    for (int number = 31; number <= 32; number++) {
      chain.add(number, chain.draft(number).voting(3, true).signedBy(number % 3, 0, 1, 2));
    }
    for (int number = 33; number <= 42; number++) {
      chain.add(number, chain.draft(number).signedBy(ROTA[(number - 33) % 4], 0, 1, 2, 3));
    }
    return chain;
  }

  private static Bytes message(PoaChain chain, long from, long to) {
    return new PoaMessage(LongStream.rangeClosed(from, to).mapToObj(chain::header).toList())
        .encode();
  }

  private static Scenario scenario(PoaChain chain) {
    EvmFixture world = chain.world;
    EvmAddress nobody = world.absentAddress(38);
    return new Scenario(
        new PoaAnchor(chain.settings(false), chain.header(30)).encode(),
        List.of(message(chain, 31, 37), message(chain, 34, 42)),
        NOW,
        List.of(
            world.logClaim(38, 38, 1, 0),
            world.logClaim(38, 36, 2, 1),
            world.accountClaim(31, 31),
            world.storageClaim(34, 32)),
        List.of(
            new Input.Absence(
                new EvmPath.Account(38, nobody).encode(),
                world.accountProof(38, 38, nobody).encode())),
        List.of(),
        List.of());
  }

  @Override
  protected LightClient client() {
    return new PoaFamily().client();
  }

  @Override
  protected Scenario scenario() {
    return SCENARIO;
  }

  @Override
  protected List<Scenario> scenariosForMutants() {
    return List.of(scenario(chain("mutants")));
  }

  @Override
  protected Optional<String> noMisbehaviour() {
    return Optional.of("branches are part of Clique");
  }

  @Override
  protected Bytes foreignAnchor() {
    return new PoaAnchor(
            new PoaSettings(
                ChainId.parse("eip155:1"), Consensus.CLIQUE, PoaChain.EPOCH, false, 3, 604_800),
            CHAIN.header(30))
        .encode();
  }

  @Override
  protected List<Forgery> forgeries() {
    PoaChain other = chain("another");
    byte[] flood = message(CHAIN, 34, 42).toArray();
    flood[1] = (byte) 0x7f; // number of headers
    byte[] empty = {1, 0, 0, 0, 0};
    List<Forgery> all = new ArrayList<>();
    all.add(raw(Attack.EMPTY_BATCH, Bytes.wrap(empty)));
    all.add(raw(Attack.UNBOUNDED_SIZE, Bytes.wrap(flood)));
    all.add(update(Attack.WRONG_CHAIN, message(other, 34, 42), PoaCode.NOT_A_CHILD));
    all.add(update(Attack.WRONG_HEIGHT, message(CHAIN, 35, 42), PoaCode.NOT_A_CHILD));
    all.add(update(Attack.WRONG_FORK, message(CHAIN, 34, 37), PoaCode.NOT_DEEP_ENOUGH));
    all.add(signed(Attack.WRONG_KEY, next().signedBy(5, 0, 1, 2, 5), PoaCode.UNAUTHORIZED_SIGNER));
    all.add(signed(Attack.STALE_SET, next().signedBy(1, 0, 1, 2), PoaCode.WRONG_DIFFICULTY));
    all.add(
        signed(Attack.FUTURE_SET, next().signedBy(4, 0, 1, 2, 3, 4), PoaCode.UNAUTHORIZED_SIGNER));
    all.add(signed(Attack.SIGNER_TWICE, next().signedBy(0, 0, 1, 2, 3), PoaCode.RECENTLY_SIGNED));
    all.add(
        signed(
            Attack.FUTURE_CLOCK,
            next().at(NOW + 61).signedBy(3, 0, 1, 2, 3),
            RejectionCode.TIME_TOO_NEW));
    all.add(
        signed(
            Attack.INDEX_BEYOND_COUNT,
            next().signedAs(3, CHAIN.addresses(0, 1, 2, 3, 4)),
            PoaCode.SIGNERS_OUTSIDE_EPOCH));
    all.addAll(proofForgeries());
    return all;
  }

  private static PoaChain.Draft next() {
    return CHAIN.draft(34);
  }

  private static List<Forgery> proofForgeries() {
    Claim good = CHAIN.world.logClaim(38, 38, 1, 0);
    EvmProof proof = EvmProof.decode(good.proof());
    List<Bytes> more = new ArrayList<>(proof.nodes());
    more.add(more.getLast());
    EvmProof other = EvmProof.decode(CHAIN.world.logClaim(36, 36, 1, 0).proof());
    Bytes beyond = new EvmPath.Log(39, EvmFixture.CONTRACT, 1, 0).encode();
    return List.of(
        claim(
            Attack.WRONG_ROOT,
            good,
            EvmProof.at(38, other.nodes(), List.of()),
            RejectionCode.ROOT_MISMATCH),
        claim(
            Attack.OVERLONG_PATH,
            good,
            EvmProof.at(38, more, List.of()),
            RejectionCode.BRANCH_LENGTH),
        claim(
            Attack.WRONG_HEIGHT, // not buried yet
            new Claim(beyond, good.value(), good.proof()),
            EvmProof.at(39, proof.nodes(), List.of()),
            RejectionCode.UNKNOWN_HEIGHT));
  }

  private static Forgery raw(Attack attack, Bytes message) {
    return update(attack, message, RejectionCode.MALFORMED);
  }

  private static Forgery signed(Attack attack, Bytes header, ReasonCode code) {
    return update(attack, new PoaMessage(List.of(header)).encode(), code);
  }

  private static Forgery update(Attack attack, Bytes message, ReasonCode code) {
    return new Forgery(attack, code.code(), new Input.Update(message, NOW), code);
  }

  private static Forgery claim(Attack attack, Claim claim, EvmProof proof, ReasonCode code) {
    Claim forged = new Claim(claim.path(), claim.value(), proof.encode());
    return new Forgery(attack, "a claim", new Input.Membership(forged), code);
  }

  @Override
  protected Map<Attack, String> notApplicable() {
    return Map.of(Attack.BITS_BEYOND_SET, "a block has one signer and no bitmap");
  }

  @Override
  protected Optional<TrustWindow> trustWindow() {
    long seen = PoaChain.GENESIS_TIME + 5 * 33;
    return Optional.of(new TrustWindow(seen + 604_800, seen + 604_801));
  }

  @Override
  protected Quorums quorums() {
    return new Quorums.None("Clique counts blocks on top, not signatures");
  }

  @Override
  protected String goldenStateHash() {
    return "892c78e71ef16c8a68b56a04d1d172108c29ce3fcfc0a2a0cfd88b389f5bc371";
  }
}
