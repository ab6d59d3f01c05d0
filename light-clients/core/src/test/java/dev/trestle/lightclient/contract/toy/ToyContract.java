package dev.trestle.lightclient.contract.toy;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
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
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The contract for {@link ToyClient}; not a test class itself. */
final class ToyContract extends LightClientContract {
  private static final long START = 10_000;
  private static final long NOW = START + 500;
  private static final ToyAnchor ANCHOR = new ToyAnchor(Bytes.utf8("toy"), 7, START);
  private static final List<Claim> FACTS =
      List.of(fact("aaaa", "one 1"), fact("bbbb", "second"), fact("cccc", "the third"));
  private static final List<Claim> LATER = List.of(fact("dddd", "later"));
  private static final ToyHeader FIRST = new ToyHeader(1, START + 10, ToyHeader.root(FACTS));
  private static final ToyHeader LAST = new ToyHeader(2, START + 20, ToyHeader.root(LATER));

  private final Optional<Bug> bug;

  ToyContract(Optional<Bug> bug) {
    this.bug = bug;
  }

  private static Claim fact(String path, String value) {
    return new Claim(Bytes.utf8(path), Bytes.utf8(value), Bytes.EMPTY);
  }

  private static Claim claim(ToyHeader header, List<Claim> facts, int index) {
    Claim fact = facts.get(index);
    return new Claim(fact.path(), fact.value(), ToyHeader.proof(header.height(), facts));
  }

  private static Bytes signed(ToyHeader header) {
    return ToyHeader.Signed.by(ANCHOR, header, 0, ANCHOR.threshold());
  }

  @Override
  protected LightClient client() {
    return new ToyClient(bug);
  }

  @Override
  protected Scenario scenario() {
    ToyHeader fork = new ToyHeader(2, START + 21, LAST.root());
    ToyHeader next = new ToyHeader(3, START + 30, LAST.root());
    return new Scenario(
        ANCHOR.encode(),
        List.of(signed(FIRST), signed(LAST)),
        NOW,
        List.of(claim(FIRST, FACTS, 0), claim(FIRST, FACTS, 1), claim(FIRST, FACTS, 2)),
        List.of(new Input.Absence(Bytes.utf8("zzzz"), ToyHeader.proof(1, FACTS))),
        List.of(signed(next)),
        List.of(signed(fork)));
  }

  @Override
  protected int mutants() {
    return 7_000;
  }

  /** Nothing stands under neighbouring paths either. */
  @Override
  protected boolean sameMeaning(Input original, Input mutant) {
    return original instanceof Input.Absence(Bytes path, Bytes proof)
        && mutant instanceof Input.Absence(Bytes other, Bytes otherProof)
        && proof.equals(otherProof)
        && FACTS.stream().noneMatch(fact -> fact.path().equals(other));
  }

  @Override
  protected Bytes foreignAnchor() {
    return new ToyAnchor(Bytes.utf8("other"), 7, START).encode();
  }

  @Override
  protected List<Forgery> forgeries() {
    List<ToyHeader.Signed.Vote> twice = new ArrayList<>();
    for (int i = 0; i < ANCHOR.threshold(); i++) {
      twice.add(
          new ToyHeader.Signed.Vote(i % 4, ToyClient.sign(i % 4, LAST.encode(), ANCHOR.chain())));
    }
    Bytes crowd =
        new CanonicalWriter().fixed(LAST.encode()).u32(0xffff_ffffL).fixed(LAST.encode()).toBytes();
    ToyAnchor other = new ToyAnchor(Bytes.utf8("other"), 7, START);
    return List.of(
        update(
            Attack.SIGNER_TWICE,
            ToyHeader.Signed.encode(LAST, twice),
            RejectionCode.DUPLICATE_SIGNER),
        update(Attack.UNBOUNDED_SIZE, crowd, RejectionCode.MALFORMED),
        update(
            Attack.WRONG_CHAIN,
            ToyHeader.Signed.by(other, LAST, 0, 5),
            RejectionCode.BAD_SIGNATURE),
        update(
            Attack.WRONG_KEY,
            ToyHeader.Signed.by(ANCHOR, LAST, 3, 5),
            RejectionCode.UNKNOWN_SIGNER),
        update(
            Attack.FUTURE_CLOCK,
            signed(new ToyHeader(2, NOW + 1, LAST.root())),
            RejectionCode.TIME_TOO_NEW),
        update(
            Attack.EMPTY_BATCH, ToyHeader.Signed.encode(LAST, List.of()), RejectionCode.QUORUM_LOW),
        new Forgery(
            Attack.WRONG_ROOT,
            "facts of another block",
            new Input.Membership(claim(LAST, FACTS, 0)),
            RejectionCode.ROOT_MISMATCH),
        new Forgery(
            Attack.WRONG_HEIGHT,
            "an unknown block",
            new Input.Membership(claim(new ToyHeader(9, 0, Hash32.ZERO), FACTS, 0)),
            RejectionCode.UNKNOWN_HEIGHT));
  }

  private static Forgery update(Attack attack, Bytes message, RejectionCode code) {
    return new Forgery(attack, attack.name(), new Input.Update(message, NOW), code);
  }

  @Override
  protected Map<Attack, String> notApplicable() {
    Map<Attack, String> out = new EnumMap<>(Attack.class);
    for (Attack attack :
        List.of(
            Attack.WRONG_FORK,
            Attack.STALE_SET,
            Attack.FUTURE_SET,
            Attack.BITS_BEYOND_SET,
            Attack.OVERLONG_PATH,
            Attack.INDEX_BEYOND_COUNT)) {
      out.put(attack, "a toy has none");
    }
    return out;
  }

  @Override
  protected Optional<TrustWindow> trustWindow() {
    long last = FIRST.time() + ToyAnchor.PERIOD;
    return Optional.of(new TrustWindow(last, last + 1));
  }

  @Override
  protected Quorums quorums() {
    return new Quorums.EverySize(
        members -> {
          ToyAnchor anchor = new ToyAnchor(Bytes.utf8("toy"), members, START);
          return new Quorums.Quorum.Formed(
              anchor.encode(),
              List.of(),
              ToyHeader.Signed.by(anchor, FIRST, 0, anchor.threshold()),
              ToyHeader.Signed.by(anchor, FIRST, 0, anchor.threshold() - 1),
              RejectionCode.QUORUM_LOW,
              NOW);
        });
  }

  @Override
  protected String goldenStateHash() {
    return "777a32cb34c31f9c60de0306ebb07d1fe6b579484f0b38984639c6b9cba1b01d";
  }
}
