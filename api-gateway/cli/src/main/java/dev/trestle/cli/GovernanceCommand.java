package dev.trestle.cli;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.relay.ledger.tx.GovernanceAction;
import dev.trestle.relay.ledger.tx.TransactionBody;
import dev.trestle.sdk.Api;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Decisions of governance: proposed by one key, voted for by the threshold, executed by anybody.
 */
@Command(
    name = "governance",
    description = "Decisions of governance: show, list, propose, vote, execute.",
    subcommands = {
      GovernanceCommand.Show.class,
      GovernanceCommand.ListProposals.class,
      GovernanceCommand.Propose.class,
      GovernanceCommand.Vote.class,
      GovernanceCommand.Execute.class
    })
final class GovernanceCommand {
  private GovernanceCommand() {}

  @Command(name = "show", description = "Who governs, and the newest proposals.")
  static final class Show extends Output.Base implements Callable<Integer> {
    @Override
    public Integer call() {
      Api.Governance found = output().hub().governance();
      List<String> lines = new ArrayList<>();
      lines.add("governance  %d of %d keys".formatted(found.threshold(), found.keys().size()));
      lines.add("delay       %d ms after the approval".formatted(found.delayMillis()));
      lines.add("epochs      %d blocks".formatted(found.epochBlocks()));
      if (!found.plannedValidators().isEmpty()) {
        lines.add("planned     %d validators".formatted(found.plannedValidators().size()));
      }
      found.proposals().forEach(each -> lines.addAll(lines(each)));
      output().show(found, lines.toArray(String[]::new));
      return 0;
    }
  }

  @Command(name = "list", description = "All proposals, newest first.")
  static final class ListProposals extends Output.Base implements Callable<Integer> {
    @Override
    public Integer call() {
      List<Api.Proposal> found = output().hub().proposals();
      List<String> lines = new ArrayList<>();
      found.forEach(each -> lines.addAll(lines(each)));
      output().show(found, lines.toArray(String[]::new));
      return 0;
    }
  }

  private static List<String> lines(Api.Proposal proposal) {
    Bytes action = Bytes.fromHex(proposal.action());
    List<String> lines = new ArrayList<>();
    lines.add(
        "%d  %s  %d votes  %s%s"
            .formatted(
                proposal.number(),
                proposal.state(),
                proposal.votes().size(),
                Digests.sha256(action).toHex(), // of what is shown, whatever the gateway says
                proposal
                    .executableFromMillis()
                    .map(from -> "  executable from " + Instant.ofEpochMilli(from))
                    .orElse("")));
    Actions.describe(Actions.decode(action)).forEach(line -> lines.add("   " + line));
    return lines;
  }

  @Command(
      name = "propose",
      description = "Propose an action; the proposer votes for it.",
      subcommands = {Propose.Validators.class, Propose.Recovery.class, Propose.Action.class})
  static final class Propose {
    private Propose() {}

    /** What all kinds share. */
    abstract static class Kind extends Output.Base implements Callable<Integer> {
      @Mixin private GovernanceKey key = new GovernanceKey();

      abstract GovernanceAction action();

      @Override
      public Integer call() {
        GovernanceAction action = action();
        Actions.describe(action).forEach(output()::note);
        Api.TransactionReceipt receipt =
            key.submit(output().hub(), new TransactionBody.Propose(action));
        output().show(receipt, "proposed  " + Digests.sha256(action.encode()).toHex());
        return 0;
      }
    }

    @Command(name = "validators", description = "Other validators.")
    static final class Validators extends Kind {
      @Parameters(
          paramLabel = "FILE",
          description = "One validator a line: key and fingerprint of its transport certificate.")
      private Path file = Path.of("validators.txt");

      @Override
      GovernanceAction action() {
        return Actions.validators(file);
      }
    }

    @Command(
        name = "recovery",
        description = "A frozen or expired light client goes on from another anchor.")
    static final class Recovery extends Kind {
      @Parameters(paramLabel = "CHAIN", description = "CAIP-2 id.")
      private String chain = "";

      @Option(names = "--anchor", required = true, description = "Hex of the new anchor.")
      private Path anchor = Path.of("anchor.hex");

      @Option(names = "--sample", required = true, description = "Hex of headers that follow it.")
      private Path sample = Path.of("sample.hex");

      @Override
      GovernanceAction action() {
        return Actions.recovery(chain, anchor, sample);
      }
    }

    @Command(name = "action", description = "Any action in its encoded form.")
    static final class Action extends Kind {
      @Parameters(paramLabel = "FILE", description = "Hex of the action.")
      private Path file = Path.of("action.hex");

      @Override
      GovernanceAction action() {
        return Actions.decode(Actions.hex(file));
      }
    }
  }

  @Command(name = "vote", description = "Vote for a proposal whose action you have looked at.")
  static final class Vote extends Output.Base implements Callable<Integer> {
    @Mixin private GovernanceKey key = new GovernanceKey();

    @Parameters(paramLabel = "NUMBER", description = "Number of the proposal.")
    private long number;

    @Option(
        names = "--hash",
        required = true,
        description = "Hash of the action that you are for, as show prints it.")
    private String hash = "";

    @Override
    public Integer call() {
      Api.TransactionReceipt receipt =
          key.submit(output().hub(), new TransactionBody.Vote(number, Hash32.fromHex(hash)));
      output().show(receipt, "voted  " + number);
      return 0;
    }
  }

  @Command(name = "execute", description = "Execute an approved proposal after its delay.")
  static final class Execute extends Output.Base implements Callable<Integer> {
    @Mixin private GovernanceKey key = new GovernanceKey();

    @Parameters(paramLabel = "NUMBER", description = "Number of the proposal.")
    private long number;

    @Override
    public Integer call() {
      Api.TransactionReceipt receipt =
          key.submit(output().hub(), new TransactionBody.ExecuteProposal(number));
      output().show(receipt, "executed  " + number);
      return 0;
    }
  }
}
