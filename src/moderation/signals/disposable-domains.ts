/** The best known throw-away mail services, by hand; their subdomains count too. A site's own list goes further. */
export const DISPOSABLE_DOMAINS: ReadonlySet<string> = new Set(
  `10mail.org 10minutemail.com 10minutemail.net 1secmail.com 1secmail.net 1secmail.org 20minutemail.com armyspy.com
  burnermail.io byom.de crazymailing.com cuvox.de dayrep.com discard.email discardmail.com discardmail.de dispostable.com
  dropmail.me einrot.com emailondeck.com emlhub.com emlpro.com emltmp.com fakeinbox.com fakemail.net fakemailgenerator.com
  fleckens.hu getairmail.com getnada.com grr.la guerrillamail.biz guerrillamail.com guerrillamail.de guerrillamail.info
  guerrillamail.net guerrillamail.org guerrillamailblock.com gustr.com harakirimail.com inboxkitten.com incognitomail.org
  jetable.org jourrapide.com linshiyouxiang.net luxusmail.org mailcatch.com maildrop.cc mailexpire.com mailforspam.com
  mailinator.com mailinator.net mailnesia.com mailnull.com mailsac.com mailtemp.net mintemail.com minuteinbox.com moakt.cc
  moakt.com mohmal.com muellmail.com mvrht.net mytemp.email nada.email owlymail.com pokemail.net rhyta.com sharklasers.com
  smailpro.com spam4.me spambog.com spambox.us spamgourmet.com superrito.com teleworm.us temp-mail.io temp-mail.org
  tempinbox.com tempmail.com tempmail.net tempmail.plus tempmailo.com tempr.email throwawaymail.com tmpmail.net tmpmail.org
  trashmail.com trashmail.de trashmail.me trashmail.net wegwerfemail.de wegwerfmail.de yopmail.com yopmail.fr yopmail.net`.split(
    /\s+/u,
  ),
);
