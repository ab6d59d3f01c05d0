// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {TrestleHtlc} from "../../main/solidity/TrestleHtlc.sol";
import {HtlcBase} from "../../main/solidity/HtlcBase.sol";
import {FalseToken, FeeToken, LyingToken, NoReturnToken} from "./BadTokens.sol";
import {HtlcFixture} from "./HtlcFixture.sol";
import {HookToken, PausableToken, RebasingToken} from "./HtlcTokens.sol";
import {TestToken} from "./tokens/TestToken.sol";

/// @dev The attacks of the list that are made with tokens.
contract HtlcTokenAttacksTest is HtlcFixture {
    /// 19: tokens that take a fee, refuse in silence, or lie are not locked; those that return nothing are.
    function test_attack19_feeOnTransferAndOddTokens() public {
        TestToken[3] memory bad = [TestToken(new FeeToken()), new FalseToken(), new LyingToken()];
        for (uint256 i = 0; i < 3; i++) {
            bad[i].mint(address(this), 1_000);
            bad[i].approve(address(htlc), 1_000);
            vm.expectRevert();
            htlc.lock(hash, address(bad[i]), 1_000, claimer, REFUNDER, EXPIRY);
            assertEq(bad[i].balanceOf(address(this)), 1_000);
        }
        NoReturnToken usdt = new NoReturnToken();
        usdt.mint(address(this), 1_000);
        lock(termsOf(address(usdt), 1_000));
        claim(SECRET, termsOf(address(usdt), 1_000));
        assertEq(usdt.balanceOf(claimer), 1_000);
    }

    /// 19: a token that takes balances away is short for its own locks only; no other token or coin pays for it.
    function test_attack19_rebasingTokenHarmsOnlyItself() public {
        RebasingToken ampl = new RebasingToken();
        ampl.mint(address(this), 1_000);
        ampl.approve(address(htlc), 1_000);
        lock(termsOf(address(ampl), 1_000));
        lock(termsOf(address(token), 1_000));
        lockCoin();
        ampl.rebase(50);
        vm.expectRevert(abi.encodeWithSelector(HtlcBase.TokenRefused.selector, address(ampl)));
        claim(SECRET, termsOf(address(ampl), 1_000));
        claim(SECRET, termsOf(address(token), 1_000));
        claim(SECRET, termsOf(address(0), 1 ether));
        assertEq(token.balanceOf(claimer), 1_000);
        ampl.rebase(100);
        claim(SECRET, termsOf(address(ampl), 1_000));
        assertEq(ampl.balanceOf(claimer), 1_000);
    }

    /// 20: an address without code takes any call; it is no token.
    function testFuzz_attack20_tokenWithoutCode(address phantom) public {
        vm.assume(phantom.code.length == 0 && phantom != address(0) && uint160(phantom) > 0xffff);
        vm.assume(phantom != claimer && phantom != REFUNDER);
        vm.expectRevert(abi.encodeWithSelector(HtlcBase.NoToken.selector, phantom));
        htlc.lock(hash, phantom, 1, claimer, REFUNDER, EXPIRY);
        vm.expectRevert(abi.encodeWithSelector(HtlcBase.NoToken.selector, address(htlc)));
        htlc.lock(hash, address(htlc), 1, claimer, REFUNDER, EXPIRY);
    }

    /// 21: a claimer that the token has blocked has its payment sent elsewhere; while all stands still nothing is lost.
    function test_attack21_blacklistAndPause() public {
        PausableToken usdc = new PausableToken();
        usdc.mint(address(this), 1_000);
        usdc.approve(address(htlc), 1_000);
        HtlcBase.Terms memory t = termsOf(address(usdc), 1_000);
        bytes32 id = lock(t);
        usdc.setBlocked(claimer, true);
        vm.expectRevert(abi.encodeWithSelector(HtlcBase.TokenRefused.selector, address(usdc)));
        claim(SECRET, t);
        usdc.setPaused(true);
        TrestleHtlc.Sponsorship memory s = sponsored(id, address(0xC01D), 0, address(0));
        vm.expectRevert(abi.encodeWithSelector(HtlcBase.TokenRefused.selector, address(usdc)));
        htlc.claimFor(SECRET, t, own(), s);
        assertEq(htlc.status(id), 1);
        usdc.setPaused(false);
        htlc.claimFor(SECRET, t, own(), s);
        assertEq(usdc.balanceOf(address(0xC01D)), 1_000);
    }

    /// 22: hooks of a token before and after its transfer (ERC-777) count no deposit twice and pay no lock twice.
    function test_attack22_reentrancyByTokenHooks() public {
        HookToken coin = new HookToken();
        coin.mint(address(this), 5_000);
        coin.approve(address(htlc), 5_000);
        HtlcBase.Terms memory t = termsOf(address(coin), 1_000);
        HtlcBase.Terms memory second = termsOf(address(coin), 400);
        coin.setHook(
            address(this),
            address(htlc),
            abi.encodeCall(htlc.lock, (hash, address(coin), 400, claimer, REFUNDER, EXPIRY))
        );
        lock(t);
        assertTrue(!coin.entered(), "locked in the middle of a deposit");
        lock(second);
        coin.setHook(
            claimer, address(htlc), abi.encodeCall(htlc.claim, (SECRET, address(coin), 1_000, claimer, REFUNDER, EXPIRY))
        );
        claim(SECRET, t);
        assertTrue(!coin.entered(), "claimed twice");
        assertEq(coin.balanceOf(claimer), 1_000);
        // a deposit during which another lock is claimed does not bring its sum
        HtlcBase.Terms memory third = termsOf(address(coin), 300);
        coin.setHook(
            address(this),
            address(htlc),
            abi.encodeCall(htlc.claim, (SECRET, address(coin), 400, claimer, REFUNDER, EXPIRY))
        );
        lock(third);
        assertTrue(!coin.entered(), "claimed in the middle of a deposit");
        assertEq(coin.balanceOf(address(htlc)), 700);
    }

    /// Nobody's tokens but the caller's can be locked, whoever has approved the contract and however it is called.
    function testFuzz_nobodyElseIsPulledFrom(address thief) public {
        vm.assume(thief != address(this));
        (bytes32[] memory hashes, uint256[] memory claims,) = manyOf(2, 100);
        vm.prank(thief);
        vm.expectRevert(abi.encodeWithSelector(HtlcBase.TokenRefused.selector, address(token)));
        htlc.lock(hash, address(token), 100, claimer, REFUNDER, EXPIRY);
        vm.prank(thief);
        vm.expectRevert(abi.encodeWithSelector(HtlcBase.TokenRefused.selector, address(token)));
        htlc.lockBatch(batchOf(address(token)), hashes, claims);
        vm.prank(thief);
        vm.expectRevert(abi.encodeWithSelector(HtlcBase.TokenRefused.selector, address(token)));
        htlc.lockWithPermit(termsOf(address(token), 100), EXPIRY, 27, 0, 0);
        assertEq(token.balanceOf(address(this)), 1_000_000);
    }
}
