package dev.trestle.lightclient.bitcoin;

import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.SchnorrSignature;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.lightclient.CustodyRules;
import dev.trestle.lightclient.bitcoin.script.OutputScript;
import dev.trestle.lightclient.bitcoin.script.TaprootOutput;
import dev.trestle.lightclient.bitcoin.tx.BitcoinTransaction;
import dev.trestle.lightclient.bitcoin.tx.TxOutput;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Custody in Taproot script leaves that {@code threshold} of the members sign (BIP-342). Refuses
 * with a {@link CustodyCode}, and with what {@link BitcoinTransaction} refuses.
 */
public final class TaprootCustody implements CustodyRules {
  /** Members of one committee. */
  public static final int MAX_MEMBERS = 64;

  /** Inputs of one release. */
  public static final int MAX_INPUTS = 100;

  /** Weight units that nodes relay. */
  public static final long MAX_WEIGHT = 400_000;

  private static final long WEIGHT_OF_VBYTE = 4;

  /** Its amount does not change a transaction's size. */
  private static final Amount SAMPLE = Amount.of(100_000_000);

  /** Satoshi per virtual byte. */
  public static final long MAX_FEE_RATE = 2_000;

  /** Blocks that the committee has at least before a deposit can be taken back. */
  public static final int MIN_REFUND_DELAY = 72;

  /** Blocks that a relative lock can express (BIP-68). */
  public static final int MAX_REFUND_DELAY = 0xffff;

  private static final Comparator<Coin> LARGEST_FIRST =
      Comparator.comparing(Coin::amount).reversed().thenComparing(ReleaseTransaction::outPoint);

  /**
   * How the depositor takes a deposit back.
   *
   * @param script leaf script: a signature of the refund key
   * @param controlBlock of that leaf
   * @param sequence that the spending input must carry, with transaction version 2
   */
  public record RefundPath(Bytes script, Bytes controlBlock, long sequence) {}

  @Override
  public Verdict<DepositLock> depositLock(ChainId chain, Committee committee, DepositTerms terms) {
    return network(chain)
        .then(parameters -> checked(committee).then(same -> checked(terms, parameters)))
        .then(
            parameters -> {
              CustodyScripts.Deposit deposit = CustodyScripts.deposit(committee, terms);
              return Verdict.accept(
                  CustodyScripts.lock(
                      deposit.output(), deposit.committee(), parameters.addresses().hrp()));
            });
  }

  @Override
  public Optional<Bytes> refundScript(Committee committee, DepositTerms terms) {
    return refundPath(committee, terms) instanceof Verdict.Accepted<RefundPath>(RefundPath path)
        ? Optional.of(path.script())
        : Optional.empty();
  }

  /** The other leaf of {@link #depositLock}, for the depositor's wallet. */
  public Verdict<RefundPath> refundPath(Committee committee, DepositTerms terms) {
    return checked(committee)
        .then(same -> checked(terms, terms))
        .then(
            same -> {
              CustodyScripts.Deposit deposit = CustodyScripts.deposit(committee, terms);
              return Verdict.accept(
                  new RefundPath(
                      deposit.refund().script(),
                      deposit.output().controlBlock(deposit.refund()).orElseThrow(),
                      terms.refundDelay()));
            });
  }

  /**
   * @throws IllegalArgumentException for a chain that is not ours or a committee with a key that is
   *     not on the curve: both were to be refused when they were registered
   */
  @Override
  public DepositLock restingLock(ChainId chain, Committee committee) {
    if (!checked(committee).isAccepted()) {
      throw new IllegalArgumentException("a committee with bad keys");
    }
    ChainParameters parameters =
        BitcoinNetworks.byChain(chain)
            .orElseThrow(() -> new IllegalArgumentException("not a chain of ours: " + chain));
    return CustodyScripts.resting(committee, parameters.addresses().hrp());
  }

  /** Rejects a transaction that pays nothing, and a coinbase: it cannot be spent for 100 blocks. */
  @Override
  public Verdict<List<Coin>> coinsPaidTo(Bytes transaction, DepositLock lock) {
    return BitcoinTransaction.parse(transaction)
        .then(
            parsed -> {
              if (parsed.isCoinbase()) {
                return Verdict.reject(CustodyCode.COINBASE, "an immature output");
              }
              Hash32 id = parsed.txId();
              List<Coin> coins = new ArrayList<>();
              for (int i = 0; i < parsed.outputs().size(); i++) {
                TxOutput output = parsed.outputs().get(i);
                if (output.script().equals(lock.script()) && output.value() > 0) {
                  coins.add(new Coin(id, i, Amount.of(output.value()), lock));
                }
              }
              return coins.isEmpty()
                  ? Verdict.reject(CustodyCode.NOT_PAID, "no output pays " + lock.address())
                  : Verdict.accept(List.copyOf(coins));
            });
  }

  /** P2TR with a key on the curve, P2WSH, P2WPKH, P2SH or P2PKH. */
  @Override
  public boolean isPayable(ChainId chain, Bytes script) {
    return BitcoinNetworks.byChain(chain).isPresent() && OutputScript.classify(script).isPresent();
  }

  @Override
  public List<Bytes> payableForms() {
    return Arrays.stream(OutputScript.Type.values()).map(OutputScript::example).toList();
  }

  /** The dust limit of a P2TR output. */
  @Override
  public Amount leastChange() {
    return Amount.of(OutputScript.Type.P2TR.dustLimit());
  }

  /**
   * Takes the largest coins until they give the payout and change that is either nothing or above
   * the dust limit; inputs in order of their outpoints, the payout before the change.
   */
  @Override
  public Verdict<ReleasePlan> plan(
      ChainId chain, Committee committee, List<Coin> coins, Payout payout, long feeRate) {
    Optional<OutputScript.Type> type = OutputScript.classify(payout.script());
    if (type.isEmpty()) {
      return Verdict.reject(CustodyCode.NOT_PAYABLE, payout.script().toString());
    }
    if (feeRate < 1 || feeRate > MAX_FEE_RATE) {
      return Verdict.reject(CustodyCode.BAD_FEE_RATE, feeRate + " satoshi per virtual byte");
    }
    if (!ReleaseTransaction.isMoney(payout.amount())) {
      return Verdict.reject(CustodyCode.BAD_AMOUNT, payout.amount().toString());
    }
    return network(chain)
        .then(
            parameters -> {
              String hrp = parameters.addresses().hrp();
              return checked(committee)
                  .then(same -> select(committee, hrp, coins, payout.amount().toLong()));
            })
        .then(inputs -> price(committee, inputs, payout, feeRate, type.get()));
  }

  private static Verdict<List<Coin>> select(
      Committee committee, String hrp, List<Coin> coins, long wanted) {
    boolean own =
        coins.stream()
            .allMatch(
                coin ->
                    ReleaseTransaction.isSound(committee, coin)
                        && CustodyScripts.hrp(coin.lock()).equals(Optional.of(hrp)));
    if (!own) {
      return Verdict.reject(CustodyCode.FOREIGN_COIN, "a coin that the committee cannot spend");
    }
    if (coins.stream().map(ReleaseTransaction::outPoint).distinct().count() != coins.size()) {
      return Verdict.reject(CustodyCode.DUPLICATE_COIN, "the same output twice");
    }
    List<Coin> chosen = new ArrayList<>();
    long sum = 0;
    for (Coin coin : coins.stream().sorted(LARGEST_FIRST).limit(MAX_INPUTS).toList()) {
      chosen.add(coin);
      sum += coin.amount().toLong();
      long change = sum - wanted;
      if (change == 0 || change >= OutputScript.Type.P2TR.dustLimit()) {
        chosen.sort(Comparator.comparing(ReleaseTransaction::outPoint));
        return Verdict.accept(List.copyOf(chosen));
      }
    }
    return sum < wanted
        ? Verdict.reject(CustodyCode.NOT_COVERED, sum + " of " + wanted)
        : Verdict.reject(CustodyCode.DUST, "change of " + (sum - wanted));
  }

  private static Verdict<ReleasePlan> price(
      Committee committee, List<Coin> inputs, Payout payout, long feeRate, OutputScript.Type type) {
    ReleaseTransaction sized = ReleaseTransaction.of(committee, inputs, payout, 0);
    if (sized.weight(committee) > MAX_WEIGHT) {
      return Verdict.reject(CustodyCode.TOO_LARGE, sized.weight(committee) + " weight units");
    }
    long fee = sized.virtualSize(committee) * feeRate;
    if (payout.amount().toLong() - fee < type.dustLimit()) {
      return Verdict.reject(CustodyCode.DUST, payout.amount() + " minus a fee of " + fee);
    }
    Bytes unsigned = ReleaseTransaction.of(committee, inputs, payout, fee).unsigned();
    return Verdict.accept(new ReleasePlan(unsigned, inputs, payout, Amount.of(fee)));
  }

  /**
   * @throws IllegalArgumentException as {@link #restingLock} does
   */
  @Override
  public Amount inputFee(ChainId chain, Committee committee, long feeRate) {
    DepositLock resting = restingLock(chain, committee);
    long further = weight(committee, resting, 2) - weight(committee, resting, 1);
    return Amount.of(Math.multiplyExact(further / WEIGHT_OF_VBYTE, feeRate));
  }

  private static long weight(Committee committee, DepositLock resting, int inputs) {
    List<Coin> coins =
        IntStream.range(0, inputs)
            .mapToObj(i -> new Coin(Hash32.ZERO, i, SAMPLE, resting))
            .toList();
    Amount all = Amount.of(SAMPLE.toLong() * inputs); // without change, whatever there is of coins
    Payout payout = new Payout(Hash32.ZERO, resting.script(), all);
    return ReleaseTransaction.of(committee, coins, payout, 0).weight(committee);
  }

  /**
   * @throws IllegalArgumentException for a plan that {@link #plan} would not have made from its
   *     coins: nothing else is ever signed
   */
  @Override
  public List<Hash32> signingDigests(Committee committee, ReleasePlan plan) {
    return consistent(committee, plan)
        .orElseThrow(() -> new IllegalArgumentException("not a plan of this committee"))
        .digests();
  }

  @Override
  public boolean verifySignatures(
      Committee committee, ReleasePlan plan, int member, List<SchnorrSignature> signatures) {
    return consistent(committee, plan)
        .map(release -> areSignatures(committee, release.digests(), member, signatures))
        .orElse(false);
  }

  private static boolean areSignatures(
      Committee committee, List<Hash32> digests, int member, List<SchnorrSignature> signatures) {
    if (member < 0 || member >= committee.members().size() || signatures.size() != digests.size()) {
      return false;
    }
    Hash32 key = committee.members().get(member);
    for (int i = 0; i < digests.size(); i++) {
      if (!Secp256k1.instance().verifySchnorr(signatures.get(i), digests.get(i), key)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public Verdict<Bytes> assemble(
      Committee committee, ReleasePlan plan, List<MemberSignatures> signatures) {
    Optional<ReleaseTransaction> release = consistent(committee, plan);
    if (release.isEmpty()) {
      return Verdict.reject(CustodyCode.INCONSISTENT_PLAN, "not a plan of this committee");
    }
    SortedMap<Integer, List<SchnorrSignature>> byMember = new TreeMap<>();
    signatures.forEach(each -> byMember.put(each.member(), each.signatures()));
    if (signatures.size() != committee.threshold() || byMember.size() != signatures.size()) {
      return Verdict.reject(
          CustodyCode.WRONG_SIGNERS, "exactly " + committee.threshold() + " distinct members sign");
    }
    List<Hash32> digests = release.get().digests();
    for (MemberSignatures each : signatures) {
      if (!areSignatures(committee, digests, each.member(), each.signatures())) {
        return Verdict.reject(CustodyCode.BAD_SIGNATURE, "member " + each.member());
      }
    }
    List<List<Bytes>> stacks = new ArrayList<>();
    for (int input = 0; input < digests.size(); input++) {
      stacks.add(stack(committee, byMember, input));
    }
    return Verdict.accept(release.get().withStacks(stacks).serialize());
  }

  /** The first key's signature is on top: it is checked first, and stands last in the witness. */
  private static List<Bytes> stack(
      Committee committee, SortedMap<Integer, List<SchnorrSignature>> byMember, int input) {
    List<Bytes> items = new ArrayList<>();
    for (int member = committee.members().size() - 1; member >= 0; member--) {
      items.add(
          Optional.ofNullable(byMember.get(member))
              .map(own -> own.get(input).bytes())
              .orElse(Bytes.EMPTY));
    }
    return items;
  }

  @Override
  public boolean executes(Bytes transaction, ReleasePlan plan) {
    return BitcoinTransaction.parse(transaction)
            instanceof Verdict.Accepted<BitcoinTransaction>(BitcoinTransaction parsed)
        && parsed.serializeStripped().equals(plan.unsigned());
  }

  @Override
  public boolean spends(Bytes transaction, Coin coin) {
    return BitcoinTransaction.parse(transaction)
            instanceof Verdict.Accepted<BitcoinTransaction>(BitcoinTransaction parsed)
        && parsed.inputs().stream()
            .anyMatch(input -> input.outPoint().equals(ReleaseTransaction.outPoint(coin)));
  }

  /**
   * @throws IllegalArgumentException for a plan that {@link #plan} would not have made
   */
  @Override
  public List<Coin> change(Committee committee, ReleasePlan plan) {
    BitcoinTransaction unsigned =
        consistent(committee, plan)
            .orElseThrow(() -> new IllegalArgumentException("not a plan of this committee"))
            .transaction();
    if (unsigned.outputs().size() == 1) {
      return List.of();
    }
    String hrp = CustodyScripts.hrp(plan.inputs().getFirst().lock()).orElseThrow();
    return List.of(
        new Coin(
            unsigned.txId(),
            1,
            Amount.of(unsigned.outputs().get(1).value()),
            CustodyScripts.resting(committee, hrp)));
  }

  private static Optional<ReleaseTransaction> consistent(Committee committee, ReleasePlan plan) {
    return checked(committee).isAccepted()
        ? ReleaseTransaction.of(committee, plan)
        : Optional.empty();
  }

  private static Verdict<ChainParameters> network(ChainId chain) {
    return BitcoinNetworks.byChain(chain)
        .map(Verdict::accept)
        .orElseGet(() -> Verdict.reject(CustodyCode.UNKNOWN_CHAIN, chain.toString()));
  }

  private static Verdict<Committee> checked(Committee committee) {
    if (committee.members().size() > MAX_MEMBERS) {
      return Verdict.reject(CustodyCode.TOO_MANY_MEMBERS, committee.members().size() + " members");
    }
    return CustodyScripts.keysAreValid(committee)
        ? Verdict.accept(committee)
        : Verdict.reject(CustodyCode.BAD_KEY, "a member's key is not on the curve");
  }

  private static <T> Verdict<T> checked(DepositTerms terms, T passedOn) {
    if (!TaprootOutput.isXOnlyKey(terms.refundKey())) {
      return Verdict.reject(CustodyCode.BAD_KEY, "the refund key is not on the curve");
    }
    if (terms.refundDelay() < MIN_REFUND_DELAY || terms.refundDelay() > MAX_REFUND_DELAY) {
      return Verdict.reject(CustodyCode.BAD_REFUND_DELAY, terms.refundDelay() + " blocks");
    }
    return Verdict.accept(passedOn);
  }
}
