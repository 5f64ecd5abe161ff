/** What stands on the pages for people: signing in, registration, one's own account. */
export const pagesEn = {
  product: 'Kaimen',
  tagline: 'Open platform',
  otherLanguage: '中文',

  signIn: 'Sign in',
  signInTo: 'Sign in to Kaimen',
  signOut: 'Sign out',
  login: 'User name, phone or mail',
  username: 'User name',
  password: 'Password',
  captcha: 'Characters in the picture',
  captchaPicture: 'A picture of five characters',
  captchaNeeded: 'Type the characters that the picture shows, and your password once more.',
  captchaWrong: 'The characters were wrong or too late; here is a new picture.',
  alreadyIn: 'You are signed in as {username}.',
  goOn: 'Go on',
  asSomebodyElse: 'Or sign in as somebody else:',

  notHere: 'This did not work',
  crossSite: 'The request came from another site and was not carried out.',
  backHome: 'To the start page',
  requestId: 'Request {requestId}',
}

export type PageWord = keyof typeof pagesEn
