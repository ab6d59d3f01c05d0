// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {HtlcBase} from "../../main/solidity/HtlcBase.sol";
import {DepositBox, HtlcDeposits} from "../../main/solidity/HtlcDeposits.sol";
import {NoReturnToken, Receiver} from "./BadTokens.sol";
import {HtlcFixture} from "./HtlcFixture.sol";
import {ShortAnswerToken} from "./HtlcTokens.sol";

/// @dev Locks that are made by paying to an address.
contract HtlcDepositsTest is HtlcFixture {
    event Claimed(bytes32 indexed key, bytes32 indexed hash, bytes32 preimage);
    event Refunded(bytes32 indexed key, bytes32 indexed hash);

    function test_theAddressCommitsToTheTerms() public {
        HtlcBase.Terms memory t = termsOf(address(0), 1 ether);
        bytes32 code = keccak256(type(DepositBox).creationCode);
        address expected =
            address(uint160(uint256(keccak256(abi.encodePacked(bytes1(0xff), address(htlc), idOf(t), code)))));
        assertTrue(htlc.depositAddress(t) == expected, "CREATE2");
        t.amount += 1;
        assertTrue(htlc.depositAddress(t) != expected, "other terms");
    }

    function test_aPlainTransferIsALock() public {
        HtlcBase.Terms memory t = termsOf(address(0), 1 ether);
        address box = htlc.depositAddress(t);
        (bool sent,) = box.call{value: 1 ether}("");
        assertTrue(sent, "sent");
        bytes32 key = depositKey(idOf(t));
        vm.expectRevert(abi.encodeWithSelector(HtlcBase.NotExpired.selector, EXPIRY));
        htlc.refundAt(t, atDeposit());
        vm.expectRevert(HtlcBase.BadPreimage.selector);
        htlc.claimAt(keccak256("wrong"), t, atDeposit());
        vm.expectEmit(true, true, true, true, address(htlc));
        emit Claimed(key, hash, SECRET);
        vm.prank(STRANGER);
        htlc.claimAt(SECRET, t, atDeposit());
        assertEq(claimer.balance, 1 ether);
        assertEq(htlc.status(key), 2);
        assertEq(htlc.status(idOf(t)), 0);
        assertTrue(box.code.length != 0, "a box");
        vm.expectRevert(abi.encodeWithSelector(HtlcBase.NotLocked.selector, key));
        htlc.claimAt(SECRET, t, atDeposit());
    }

    function test_tokensToo() public {
        NoReturnToken usdt = new NoReturnToken();
        HtlcBase.Terms memory t = termsOf(address(usdt), 500);
        usdt.mint(htlc.depositAddress(t), 700);
        usdt.setBlocked(claimer, true);
        vm.expectRevert(abi.encodeWithSelector(HtlcBase.TokenRefused.selector, address(usdt)));
        htlc.claimAt(SECRET, t, atDeposit());
        usdt.setBlocked(claimer, false);
        htlc.claimAt(SECRET, t, atDeposit());
        assertEq(usdt.balanceOf(claimer), 500);
        htlc.sweepDeposit(t, address(usdt));
        assertEq(usdt.balanceOf(REFUNDER), 200);
    }

    function test_lessThanTheAmountIsNoLock() public {
        HtlcBase.Terms memory t = termsOf(address(0), 1 ether);
        vm.deal(htlc.depositAddress(t), 1 ether - 1);
        vm.expectRevert(abi.encodeWithSelector(HtlcBase.PaymentFailed.selector, claimer));
        htlc.claimAt(SECRET, t, atDeposit());
        assertEq(htlc.status(depositKey(idOf(t))), 0);
        vm.warp(EXPIRY);
        vm.expectRevert(abi.encodeWithSelector(HtlcBase.Expired.selector, EXPIRY));
        htlc.claimAt(SECRET, t, atDeposit());
        htlc.refundAt(t, atDeposit());
        assertEq(REFUNDER.balance, 1 ether - 1);
    }

    /// Late, twice, too much, another token: all of it goes back to the refunder.
    function test_nothingIsLostThatComesLater() public {
        HtlcBase.Terms memory t = termsOf(address(0), 1 ether);
        address box = htlc.depositAddress(t);
        vm.deal(box, 1.5 ether);
        vm.expectRevert(abi.encodeWithSelector(HtlcDeposits.DepositOpen.selector, idOf(t)));
        htlc.sweepDeposit(t, address(0));
        htlc.claimAt(SECRET, t, atDeposit());
        assertEq(claimer.balance, 1 ether);
        vm.prank(STRANGER);
        htlc.sweepDeposit(t, address(0));
        assertEq(REFUNDER.balance, 0.5 ether);
        // into a box that stands, with the little gas that a wallet's transfer gives
        (bool sent,) = box.call{value: 2 ether, gas: 2_300}("");
        assertTrue(sent, "sent");
        token.transfer(box, 77);
        htlc.sweepDeposit(t, address(0));
        htlc.sweepDeposit(t, address(token));
        assertEq(REFUNDER.balance, 2.5 ether);
        assertEq(token.balanceOf(REFUNDER), 77);
        htlc.sweepDeposit(t, address(token)); // nothing is there: nothing happens
        assertEq(token.balanceOf(REFUNDER), 77);
    }

    function test_fundedAfterTheExpiryIsRefunded() public {
        HtlcBase.Terms memory t = termsOf(address(token), 100);
        vm.warp(EXPIRY);
        htlc.refundAt(t, atDeposit()); // before anything came
        token.transfer(htlc.depositAddress(t), 100);
        htlc.sweepDeposit(t, address(token));
        assertEq(token.balanceOf(REFUNDER), 100);
        assertEq(htlc.status(depositKey(idOf(t))), 3);
    }

    function test_bothTogetherRefundADeposit() public {
        HtlcBase.Terms memory t = termsOf(address(0), 1 ether);
        vm.deal(htlc.depositAddress(t), 3 ether);
        bytes32 key = depositKey(idOf(t));
        (bytes32 r, bytes32 vs) = signHash(CLAIMER_KEY, refundHash(key));
        vm.expectEmit(true, true, true, true, address(htlc));
        emit Refunded(key, hash);
        htlc.refundTogether(t, atDeposit(), r, vs);
        assertEq(REFUNDER.balance, 3 ether);
        vm.expectRevert(abi.encodeWithSelector(HtlcBase.NotLocked.selector, key));
        htlc.claimAt(SECRET, t, atDeposit());
    }

    /// A lock of the same terms in a slot of its own is another lock: neither ends the other.
    function test_aLockOfItsOwnDoesNotTouchTheDeposit() public {
        HtlcBase.Terms memory t = termsOf(address(0), 1 ether);
        vm.deal(htlc.depositAddress(t), 1 ether);
        lock(t);
        vm.expectRevert(abi.encodeWithSelector(HtlcDeposits.DepositOpen.selector, idOf(t)));
        htlc.sweepDeposit(t, address(0));
        htlc.claimAt(SECRET, t, atDeposit());
        assertEq(claimer.balance, 1 ether);
        claim(SECRET, t);
        assertEq(claimer.balance, 2 ether);
    }

    function test_aBoxObeysItsMakerAlone() public {
        HtlcBase.Terms memory t = termsOf(address(0), 1 ether);
        address box = htlc.depositAddress(t);
        vm.deal(box, 2 ether);
        htlc.claimAt(SECRET, t, atDeposit());
        vm.prank(claimer);
        (bool done,) = box.call(abi.encode(STRANGER, 1 ether));
        assertTrue(!done, "a stranger's order");
        (done,) = box.call{value: 1}("memo");
        assertTrue(!done, "coins with data");
        assertEq(box.balance, 1 ether);
    }

    /// Parties that cannot be paid lock what nobody can take but by the other way out.
    function test_partiesThatCannotBePaid() public {
        HtlcBase.Terms memory t = termsOf(address(0), 1 ether);
        t.claimer = address(0);
        vm.deal(htlc.depositAddress(t), 1 ether);
        vm.expectRevert(HtlcBase.BadTerms.selector);
        htlc.claimAt(SECRET, t, atDeposit());
        vm.warp(EXPIRY);
        htlc.refundAt(t, atDeposit());
        assertEq(REFUNDER.balance, 1 ether);
        t.refunder = address(htlc);
        vm.deal(htlc.depositAddress(t), 1 ether);
        vm.expectRevert(HtlcBase.BadTerms.selector);
        htlc.refundAt(t, atDeposit());
    }

    function test_tokensThatAnswerBadly() public {
        ShortAnswerToken odd = new ShortAnswerToken();
        HtlcBase.Terms memory t = termsOf(address(odd), 100);
        odd.mint(htlc.depositAddress(t), 100);
        vm.expectRevert(abi.encodeWithSelector(HtlcBase.TokenRefused.selector, address(odd)));
        htlc.claimAt(SECRET, t, atDeposit());
        HtlcBase.Terms memory phantom = termsOf(address(0x70ce4), 100);
        vm.expectRevert(abi.encodeWithSelector(HtlcBase.NoToken.selector, address(0x70ce4)));
        htlc.claimAt(SECRET, phantom, atDeposit());
    }

    function test_aReceiverCannotReenter() public {
        Receiver receiver = new Receiver();
        HtlcBase.Terms memory t = termsOf(address(0), 1 ether);
        t.claimer = address(receiver);
        vm.deal(htlc.depositAddress(t), 2 ether);
        receiver.set(Receiver.Mode.REENTER, htlc, abi.encodeCall(htlc.claimAt, (SECRET, t, atDeposit())));
        htlc.claimAt(SECRET, t, atDeposit());
        assertTrue(!receiver.entered(), "entered");
        assertEq(address(receiver).balance, 1 ether);
    }

    function testFuzz_claimThenSweepGivesEveryoneTheirs(uint96 amount, uint96 paid, bool coin, bool late) public {
        amount = uint96(bound(amount, 1, type(uint96).max));
        HtlcBase.Terms memory t = termsOf(coin ? address(0) : address(token), amount);
        address box = htlc.depositAddress(t);
        if (coin) vm.deal(box, paid);
        else token.mint(box, paid);
        bool claimed;
        if (late) vm.warp(EXPIRY);
        try htlc.claimAt(SECRET, t, atDeposit()) {
            claimed = true;
        } catch {
            vm.warp(EXPIRY);
            htlc.refundAt(t, atDeposit());
        }
        htlc.sweepDeposit(t, t.token);
        assertTrue(claimed == (!late && paid >= amount), "claimed");
        assertEq(coin ? claimer.balance : token.balanceOf(claimer), claimed ? amount : 0);
        assertEq(coin ? REFUNDER.balance : token.balanceOf(REFUNDER), claimed ? paid - amount : paid);
    }
}
