package dev.trestle.lightclient.bitcoin;

import static dev.trestle.lightclient.bitcoin.ContractChain.MAIN;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.LightClient;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.bitcoin.tx.BitcoinTransaction;
import dev.trestle.lightclient.contract.Attack;
import dev.trestle.lightclient.contract.Forgery;
import dev.trestle.lightclient.contract.Input;
import dev.trestle.lightclient.contract.LightClientContract;
import dev.trestle.lightclient.contract.Quorums;
import dev.trestle.lightclient.contract.Scenario;
import dev.trestle.lightclient.contract.TrustWindow;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

class BitcoinContractTest extends LightClientContract {
  private static final String NO_SIGNATURES = "proof of work has no signers";
  private static final LightClient CLIENT =
      new BitcoinLightClient(
          id ->
              id.equals("synthetic")
                  ? Optional.of(ContractChain.PARAMETERS)
                  : BitcoinNetworks.byId(id));

  @Override
  protected LightClient client() {
    return CLIENT;
  }

  @Override
  protected Scenario scenario() {
    List<Bytes> updates = new ArrayList<>();
    updates.add(ContractChain.message(MAIN.subList(0, 8)));
    MAIN.subList(8, 12).forEach(each -> updates.add(ContractChain.message(List.of(each))));
    BlockHeader next =
        ContractChain.mine(MAIN.getLast().id(), Hash32.ZERO, MAIN.getLast().time() + 1, bits());
    return new Scenario(
        ContractChain.anchor(),
        updates,
        ContractChain.NOW,
        IntStream.range(0, 13).mapToObj(ContractChain::claim).toList(),
        List.of(),
        List.of(
            ContractChain.message(List.of(next)),
            ContractChain.message(ContractChain.SHALLOW),
            ContractChain.message(ContractChain.DEEP.subList(0, 4))),
        List.of(ContractChain.message(ContractChain.DEEP)));
  }

  private static long bits() {
    return ContractChain.PARAMETERS.difficulty().powLimitBits();
  }

  /** The first headers of the real main network, and blocks of the public signet. */
  @Override
  protected List<Scenario> scenariosForMutants() {
    List<BlockHeader> real =
        Vectors.headerFile("bitcoin/headers/mainnet-000000-010236.bin").subList(1, 161);
    ChainParameters mainnet = BitcoinNetworks.BITCOIN_MAINNET;
    return List.of(
        new Scenario(
            new AnchorBuilder(mainnet, ClientSettings.of(mainnet)).genesis().encode(),
            List.of(
                ContractChain.message(real.subList(0, 80)),
                ContractChain.message(real.subList(80, 159)),
                ContractChain.message(real.subList(159, 160))),
            ContractChain.NOW,
            List.of(),
            List.of(),
            List.of(),
            List.of()),
        signet());
  }

  private static Scenario signet() {
    ChainParameters network = BitcoinNetworks.BITCOIN_SIGNET;
    ClientSettings settings = ClientSettings.of(network).withChallenge(SignetChallenge.PUBLIC);
    return new Scenario(
        new AnchorBuilder(network, settings).genesis().encode(),
        SignetSolutionTest.realBlocks().stream()
            .limit(3)
            .map(block -> HeaderMessage.encode(List.of(SignetHeader.of(block).encode())))
            .toList(),
        ContractChain.NOW,
        List.of(),
        List.of(),
        List.of(),
        List.of());
  }

  @Override
  protected Bytes foreignAnchor() {
    ChainParameters other = BitcoinNetworks.BITCOIN_SIGNET;
    return new AnchorBuilder(other, ClientSettings.of(other)).genesis().encode();
  }

  @Override
  protected List<Forgery> forgeries() {
    List<Forgery> out = new ArrayList<>(headerForgeries());
    out.addAll(proofForgeries());
    return out;
  }

  private static List<Forgery> headerForgeries() {
    BlockHeader parent = MAIN.get(10);
    Hash32 root = MAIN.get(11).merkleRoot();
    long time = MAIN.get(11).time();
    ChainParameters mainnet = BitcoinNetworks.BITCOIN_MAINNET;
    Anchor wrongGenesis =
        new Anchor(
            ContractChain.SETTINGS,
            0,
            CompactTarget.work(CompactTarget.decode(mainnet.genesis().bits()).orElseThrow()),
            List.of(mainnet.genesis()),
            Optional.empty(),
            Optional.empty());
    return List.of(
        new Forgery(
            Attack.WRONG_CHAIN,
            "genesis of another network",
            new Input.Anchor(wrongGenesis.encode()),
            RejectionCode.WRONG_CHAIN),
        update(
            Attack.WRONG_CHAIN,
            "headers of another network",
            List.of(Vectors.headerFile("bitcoin/headers/mainnet-000000-010236.bin").get(1)),
            RejectionCode.BAD_PREV),
        update(
            Attack.WRONG_FORK,
            "a target that these rules do not ask for",
            List.of(ContractChain.mine(parent.id(), root, time, bits() - 1)),
            RejectionCode.BAD_DIFFBITS),
        update(
            Attack.WRONG_FORK,
            "a deep branch with more work",
            ContractChain.DEEP,
            RejectionCode.REORG_TOO_DEEP),
        update(
            Attack.WRONG_HEIGHT,
            "a header without its parent",
            List.of(ContractChain.mine(Bytes32.of(7), root, time, bits())),
            RejectionCode.BAD_PREV),
        update(
            Attack.FUTURE_CLOCK,
            "two hours and a second ahead",
            List.of(ContractChain.mine(parent.id(), root, ContractChain.NOW + 7_201, bits())),
            RejectionCode.TIME_TOO_NEW),
        new Forgery(
            Attack.EMPTY_BATCH,
            "no headers",
            new Input.Update(new CanonicalWriter().u32(0).toBytes(), ContractChain.NOW),
            RejectionCode.MALFORMED),
        new Forgery(
            Attack.UNBOUNDED_SIZE,
            "four billion headers announced",
            new Input.Update(
                new CanonicalWriter().u32(0xffff_ffffL).fixed(parent.raw()).toBytes(),
                ContractChain.NOW),
            RejectionCode.MALFORMED),
        new Forgery(
            Attack.UNBOUNDED_SIZE,
            "one header over the limit",
            new Input.Update(tooMany(), ContractChain.NOW),
            RejectionCode.MALFORMED));
  }

  private static Bytes tooMany() {
    CanonicalWriter out = new CanonicalWriter().u32(HeaderMessage.MAX_HEADERS + 1);
    for (int i = 0; i <= HeaderMessage.MAX_HEADERS; i++) {
      out.fixed(MAIN.getLast().raw());
    }
    return out.toBytes();
  }

  private static List<Forgery> proofForgeries() {
    Claim good = ContractChain.claim(3);
    TransactionInclusion proof = TransactionInclusion.decode(good.proof());
    List<Hash32> siblings = proof.branch().siblings();
    List<Hash32> longer = new ArrayList<>(siblings);
    longer.add(Bytes32.of(1));
    List<Hash32> tooLong = Collections.nCopies(MerkleBranch.MAX_DEPTH + 1, Bytes32.of(1));
    BitcoinTransaction inner = ContractChain.TRANSACTIONS.get(3);
    return List.of(
        claim(Attack.WRONG_ROOT, good, MAIN.get(7), proof, RejectionCode.ROOT_MISMATCH),
        claim(
            Attack.WRONG_HEIGHT,
            good,
            ContractChain.SHALLOW.getFirst(),
            proof,
            RejectionCode.NOT_IN_BEST_CHAIN),
        branch(Attack.OVERLONG_PATH, good, proof, 3, longer, RejectionCode.BRANCH_LENGTH),
        branch(Attack.OVERLONG_PATH, good, proof, 3, tooLong, RejectionCode.MALFORMED),
        branch(
            Attack.INDEX_BEYOND_COUNT,
            good,
            proof,
            3L + (1L << siblings.size()),
            siblings,
            RejectionCode.INDEX_OUT_OF_RANGE),
        branch(Attack.EMPTY_BATCH, good, proof, 0, List.of(), RejectionCode.BRANCH_LENGTH),
        new Forgery(
            Attack.UNBOUNDED_SIZE,
            "64 bytes that could be an inner node",
            new Input.Membership(
                new Claim(inner.txId().bytes(), Bytes.wrap(new byte[64]), good.proof())),
            RejectionCode.INNER_NODE_AS_TX));
  }

  private static Forgery update(
      Attack attack, String name, List<BlockHeader> headers, RejectionCode code) {
    return new Forgery(
        attack, name, new Input.Update(ContractChain.message(headers), ContractChain.NOW), code);
  }

  private static Forgery claim(
      Attack attack,
      Claim good,
      BlockHeader block,
      TransactionInclusion proof,
      RejectionCode code) {
    TransactionInclusion moved =
        new TransactionInclusion(
            block.id(), proof.branch(), proof.coinbase(), proof.coinbaseSiblings());
    return new Forgery(
        attack,
        "the proof under " + block,
        new Input.Membership(new Claim(good.path(), good.value(), moved.encode())),
        code);
  }

  private static Forgery branch(
      Attack attack,
      Claim good,
      TransactionInclusion proof,
      long index,
      List<Hash32> siblings,
      RejectionCode code) {
    TransactionInclusion changed =
        new TransactionInclusion(
            proof.block(),
            new MerkleBranch(index, siblings),
            proof.coinbase(),
            proof.coinbaseSiblings());
    return new Forgery(
        attack,
        siblings.size() + " siblings, index " + index,
        new Input.Membership(new Claim(good.path(), good.value(), changed.encode())),
        code);
  }

  @Override
  protected Map<Attack, String> notApplicable() {
    return Map.of(
        Attack.WRONG_KEY, NO_SIGNATURES,
        Attack.STALE_SET, NO_SIGNATURES,
        Attack.FUTURE_SET, NO_SIGNATURES,
        Attack.BITS_BEYOND_SET, NO_SIGNATURES,
        Attack.SIGNER_TWICE, NO_SIGNATURES);
  }

  @Override
  protected Optional<TrustWindow> trustWindow() {
    return Optional.empty();
  }

  @Override
  protected Quorums quorums() {
    return new Quorums.None(NO_SIGNATURES);
  }

  @Override
  protected String goldenStateHash() {
    return "c91991955ae3b6542616aabca209f15f490ac0cf9836dee724d9f063b18aaa85";
  }

  /** Recognisable hashes. */
  private static final class Bytes32 {
    static Hash32 of(int fill) {
      byte[] out = new byte[32];
      java.util.Arrays.fill(out, (byte) fill);
      return Hash32.wrap(out);
    }
  }
}
